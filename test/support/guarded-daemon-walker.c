/*
 * A daemon reduced to one way of touching a tree, which counts what the kernel refuses it.
 *
 *   walker stat TREE    lstat of every entry, then ends
 *   walker watch TREE   an inotify watch on every entry, then stays
 *   walker open TREE    opens every file and keeps it, then stays
 *
 * Prints one line of key=value: entries, refused (calls of that way that failed), enomem (of these), unlisted
 * (directories that could not be listed), elapsedMs.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static char way;
static int watches = -1;
static long entries, refused, enomem, unlisted;

static int touch(int directory, const char *name)
{
	struct stat stat;
	char path[64 + NAME_MAX];
	switch (way) {
	case 's':
		return fstatat(directory, name, &stat, AT_SYMLINK_NOFOLLOW);
	case 'w':
		snprintf(path, sizeof path, "/proc/self/fd/%d/%s", directory, name);
		return inotify_add_watch(watches, path, IN_MODIFY | IN_DONT_FOLLOW);
	default:
		return openat(directory, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	}
}

static void visit(int parent, const char *name)
{
	int descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *listing = descriptor < 0 ? NULL : fdopendir(descriptor);
	if (listing == NULL) {
		unlisted++;
		return;
	}
	for (const struct dirent *entry; (entry = readdir(listing)) != NULL;) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		entries++;
		if (touch(dirfd(listing), entry->d_name) < 0) {
			refused++;
			enomem += errno == ENOMEM;
		}
		if (entry->d_type == DT_DIR)
			visit(dirfd(listing), entry->d_name);
	}
	closedir(listing);
}

int main(int count, char **words)
{
	if (count != 3)
		return 64;
	struct rlimit files = {1000000, 1000000};
	setrlimit(RLIMIT_NOFILE, &files);
	way = words[1][0];
	watches = way == 'w' ? inotify_init1(IN_CLOEXEC) : -1;
	struct timespec before, after;
	clock_gettime(CLOCK_MONOTONIC, &before);
	visit(AT_FDCWD, words[2]);
	clock_gettime(CLOCK_MONOTONIC, &after);
	long elapsed = (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000;
	printf("entries=%ld refused=%ld enomem=%ld unlisted=%ld elapsedMs=%ld\n", entries, refused, enomem, unlisted,
	       elapsed);
	fflush(stdout);
	if (way != 's')
		pause();
	return 0;
}
