/*
 * Touches a tree in one way inside a memory cgroup (v1) and prints what the kernel charged for it, as one JSON line.
 *
 *   probe PATTERN CGROUP TREE [SOURCE | COUNT]
 *
 * PATTERN  walk               list every directory
 *          stat               list, and lstat every entry
 *          watch-directories  list, and put an inotify watch on every directory
 *          watch-entries      list, and put one on every entry
 *          hold               list, and open up to COUNT files and keep them
 *          mirror             create in TREE what SOURCE has (a tmpfs pays when it is filled)
 *
 * grown: kernel memory after less before. pinned: what is left of it after reclaim, the holder still alive.
 * pageCache: file pages grown. cacheDrops: times somebody dropped the machine's slab caches meanwhile (/proc/vmstat).
 * Works by descriptors and fchdir, so that neither /proc nor long paths add names of their own.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum pattern { WALK, STAT, WATCH_DIRECTORIES, WATCH_ENTRIES, HOLD, MIRROR };
static const char *const PATTERNS[] = {"walk", "stat", "watch-directories", "watch-entries", "hold", "mirror"};

static enum pattern pattern;
static long hold_at_most;
static int watches = -1;
static long entries, directories, held, errors;

static void fail(const char *what)
{
	fprintf(stderr, "probe: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* Counters stay open from before the process enters the cgroup: their names are charged elsewhere. */
struct counters { int kmem, stat, force_empty, vmstat, tasks; };

static int open_in(const char *directory, const char *name, int flags)
{
	char path[PATH_MAX];
	snprintf(path, sizeof path, "%s/%s", directory, name);
	int fd = open(path, flags | O_CLOEXEC);
	if (fd < 0)
		fail(path);
	return fd;
}

static const char *read_text(int fd)
{
	static char text[65536];
	ssize_t length = 0;
	/* A kernel file gives about a page at a time, whatever is asked for. */
	for (ssize_t part = 1; part > 0; length += part) {
		part = pread(fd, text + length, sizeof text - 1 - length, length);
		if (part < 0)
			fail("read");
	}
	text[length] = 0;
	return text;
}

static long read_field(int fd, const char *field)
{
	const char *at = strstr(read_text(fd), field);
	if (at == NULL)
		fail(field);
	return atol(at + strlen(field));
}

static void sleep_ms(long ms)
{
	struct timespec time = {ms / 1000, ms % 1000 * 1000000};
	nanosleep(&time, NULL);
}

/* Freed objects come back after an RCU grace period: the counter must stand still for 0.2 s, or 10 s have passed. */
static long settled(int fd)
{
	long value = atol(read_text(fd));
	for (int still = 0, tries = 0; still < 4 && tries < 200; tries++) {
		sleep_ms(50);
		long now = atol(read_text(fd));
		still = now == value ? still + 1 : 0;
		value = now;
	}
	return value;
}

/* Inodes follow their dentries in a second pass, and xfs frees them from a worker: repeat until nothing more comes. */
static long reclaimed(const struct counters *counters)
{
	long least = LONG_MAX;
	for (int idle = 0, passes = 0; idle < 3 && passes < 20; passes++) {
		if (write(counters->force_empty, "0", 1) < 0 && errno != EBUSY && errno != EINTR)
			break;
		long now = settled(counters->kmem);
		idle = now < least - 16384 ? 0 : idle + 1;
		least = now < least ? now : least;
	}
	return least;
}

static void watch(const char *name)
{
	if (inotify_add_watch(watches, name, IN_CREATE | IN_DELETE | IN_MODIFY | IN_DONT_FOLLOW) < 0)
		errors++;
}

static void visit_leaf(const char *name)
{
	struct stat stat;
	if (pattern == STAT && fstatat(AT_FDCWD, name, &stat, AT_SYMLINK_NOFOLLOW) < 0)
		errors++;
	if (pattern == WATCH_ENTRIES)
		watch(name);
	if (pattern == HOLD && held < hold_at_most) {
		if (open(name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) < 0)
			errors++;
		else
			held++;
	}
}

static void mirror_leaf(int to, const char *name)
{
	int fd = openat(to, name, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	if (fd < 0)
		errors++;
	else
		close(fd);
}

static int is_directory(const struct dirent *entry)
{
	return entry->d_type == DT_DIR && strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static void visit_directory(int from, int to);

static void visit_below(int from, int to, const char *name)
{
	int child = openat(from, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int child_to = -1;
	if (pattern == MIRROR && mkdirat(to, name, 0700) == 0)
		child_to = openat(to, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (child < 0 || (pattern == MIRROR && child_to < 0)) {
		errors++;
		return;
	}
	visit_directory(child, child_to);
	if (child_to >= 0)
		close(child_to);
	if (fchdir(from) < 0)
		fail("fchdir");
}

/* Takes `from`. Leaves the working directory wherever the walk ended: the caller sets its own again. */
static void visit_directory(int from, int to)
{
	if (fchdir(from) < 0)
		fail("fchdir");
	directories++;
	if (pattern == WATCH_DIRECTORIES || pattern == WATCH_ENTRIES)
		watch(".");
	DIR *list = fdopendir(from);
	if (list == NULL)
		fail("fdopendir");
	for (struct dirent *entry; (entry = readdir(list)) != NULL;) {
		if (is_directory(entry)) {
			entries++;
			visit_below(from, to, entry->d_name);
		} else if (entry->d_type != DT_DIR) {
			entries++;
			if (pattern == MIRROR)
				mirror_leaf(to, entry->d_name);
			else
				visit_leaf(entry->d_name);
		}
	}
	closedir(list);
}

static void raise_descriptor_limit(void)
{
	struct rlimit limit;
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static struct counters enter(const char *cgroup)
{
	struct counters counters = {
		.kmem = open_in(cgroup, "memory.kmem.usage_in_bytes", O_RDONLY),
		.stat = open_in(cgroup, "memory.stat", O_RDONLY),
		.force_empty = open_in(cgroup, "memory.force_empty", O_WRONLY),
		.tasks = open_in(cgroup, "tasks", O_WRONLY),
		.vmstat = open_in("/proc", "vmstat", O_RDONLY),
	};
	read_text(counters.kmem);
	read_text(counters.stat);
	read_text(counters.vmstat);
	if (write(counters.tasks, "0", 1) < 0)
		fail("tasks");
	return counters;
}

static enum pattern pattern_named(const char *name)
{
	for (int i = 0; i <= MIRROR; i++)
		if (strcmp(name, PATTERNS[i]) == 0)
			return (enum pattern)i;
	errno = EINVAL;
	fail(name);
	return WALK;
}

int main(int argc, char **argv)
{
	if (argc < 4)
		return 64;
	pattern = pattern_named(argv[1]);
	hold_at_most = pattern == HOLD && argc > 4 ? atol(argv[4]) : 0;
	raise_descriptor_limit();
	struct counters counters = enter(argv[2]);
	watches = inotify_init1(IN_CLOEXEC);
	int to = pattern == MIRROR ? open(argv[3], O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	long drops = read_field(counters.vmstat, "drop_slab ");
	long before = pattern >= WATCH_DIRECTORIES ? reclaimed(&counters) : settled(counters.kmem);
	long cache_before = read_field(counters.stat, "cache ");
	int from = open(pattern == MIRROR && argc > 4 ? argv[4] : argv[3], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (from < 0)
		fail("tree");
	visit_directory(from, to);
	long after = settled(counters.kmem);
	long cache_after = read_field(counters.stat, "cache ");
	long pinned = pattern >= WATCH_DIRECTORIES ? reclaimed(&counters) - before : 0;

	printf("{\"pattern\":\"%s\",\"entries\":%ld,\"directories\":%ld,\"held\":%ld,\"errors\":%ld,\"grownBytes\":%ld,"
	       "\"pinnedBytes\":%ld,\"pageCacheBytes\":%ld,\"cacheDrops\":%ld}\n",
	       argv[1], entries, directories, held, errors, after - before, pinned, cache_after - cache_before,
	       read_field(counters.vmstat, "drop_slab ") - drops);
	return 0;
}
