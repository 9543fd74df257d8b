/* The bare limit: one thread, openat + getdents64 + close, no stat, nothing kept. Usage: walker DIR
 * Prints "directories leaves name-bytes". Built by speed.mjs with cc -O2. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BUFFER_BYTES 65536

static unsigned long directories, leaves, name_bytes;

/* One buffer for all levels: names of subdirectories are kept on a stack of bytes until the listing has ended. */
static char buffer[BUFFER_BYTES] __attribute__((aligned(8)));
static char names[64 << 20];
static size_t names_end;

static int is_dot(const char *name) {
	return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

static void take(const struct dirent64 *entry) {
	size_t length = strlen(entry->d_name);
	if (entry->d_type == DT_DIR) {
		if (is_dot(entry->d_name)) return;
		memcpy(names + names_end, entry->d_name, length + 1);
		names_end += length + 1;
	} else {
		leaves++;
	}
	name_bytes += length;
}

static void walk(int parent, const char *name) {
	int descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (descriptor < 0) return;
	directories++;
	size_t first = names_end;
	ssize_t got;
	while ((got = getdents64(descriptor, buffer, BUFFER_BYTES)) > 0)
		for (ssize_t at = 0; at < got;) {
			const struct dirent64 *entry = (const struct dirent64 *)(buffer + at);
			take(entry);
			at += entry->d_reclen;
		}
	size_t end = names_end;
	for (size_t at = first; at < end; at += strlen(names + at) + 1) walk(descriptor, names + at);
	names_end = first;
	close(descriptor);
}

int main(int argc, char **argv) {
	walk(AT_FDCWD, argc > 1 ? argv[1] : ".");
	printf("%lu %lu %lu\n", directories, leaves, name_bytes);
	return 0;
}
