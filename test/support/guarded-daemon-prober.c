/*
 * Another program of the container: every PERIOD it forks a child and waits for it, then opens and reads the next of FILES
 * files. One line a round on standard output, in microseconds: fork, open, and how long the line before took to write.
 * A call that fails is told as its negated errno. Ends when standard output is closed.
 *
 *   prober DIRECTORY    which holds files named 0 to FILES - 1
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define FILES 500
#define PERIOD_NS 20000000L

static long now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

static long probe_fork(void)
{
	long from = now();
	pid_t child = fork();
	if (child < 0)
		return -errno;
	if (child == 0)
		_exit(0);
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
	return now() - from;
}

static long probe_open(const char *directory, int number)
{
	char path[4096], bytes[4096];
	snprintf(path, sizeof path, "%s/%d", directory, number);
	long from = now();
	int file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return -errno;
	ssize_t got = read(file, bytes, sizeof bytes);
	long result = got < 0 ? -errno : now() - from;
	close(file);
	return result;
}

int main(int count, char **words)
{
	if (count != 2)
		return 64;
	signal(SIGPIPE, SIG_DFL);
	long written = 0;
	for (int round = 0;; round++) {
		char line[96];
		int length = snprintf(line, sizeof line, "%ld %ld %ld\n", probe_fork(),
				      probe_open(words[1], round % FILES), written);
		long from = now();
		if (write(STDOUT_FILENO, line, length) < 0)
			return 0;
		written = now() - from;
		nanosleep(&(struct timespec){0, PERIOD_NS}, NULL);
	}
}
