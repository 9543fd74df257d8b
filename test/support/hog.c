/*
 * A process that takes memory as it is told, in four ways, and keeps a record that a stopped or killed one leaves behind.
 *
 *   hog RECORD grow HOLD_MIB WAIT_MS RATE_MB_S TO_MIB   holds HOLD_MIB, waits, then grows at RATE_MB_S (0: as fast as it can)
 *   hog RECORD pipes HOLD_MIB WAIT_MS                   then fills pipe after pipe: kernel memory, next to no memory of its own
 *   hog RECORD watch DIRECTORY WAIT_MS                  then makes, opens and watches files in DIRECTORY for ever
 *
 * RECORD is a file of 64 bytes that the caller made: nothing of it is charged here. In the order of the struct below.
 * A fifth argument of `grow`, a file as /proc/meminfo, makes it note when MemAvailable went below KIB.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define MIB (1024.0 * 1024.0)
#define PAGE 4096
/* Longer than a sleep is late on a busy machine. */
#define LAG_MS 5

struct record {
  double held_bytes;  /* taken so far, as asked of the kernel */
  double now_ms;      /* CLOCK_MONOTONIC of the last sign of life */
  double began_ms;    /* when it began to grow; 0: not yet */
  double crossed_ms;  /* when the level below was passed; 0: not yet */
  double cross_bytes; /* written by the caller, at any time before: held_bytes to note the passing of; 0: none */
  double crossed_kib; /* MemAvailable at the passing, where that was asked for */
  double objects;     /* pipes or watches */
  double spare;
};

static volatile struct record *record;

static double now_ms(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

static void wait_ms(double duration) {
  struct timespec time = {(time_t)(duration / 1e3), (long)((duration - 1e3 * (time_t)(duration / 1e3)) * 1e6)};
  nanosleep(&time, NULL);
}

static void beat(double bytes) {
  record->held_bytes += bytes;
  record->now_ms = now_ms();
  if (record->crossed_ms == 0 && record->cross_bytes > 0 && record->held_bytes >= record->cross_bytes)
    record->crossed_ms = record->now_ms;
}

/* Anonymous pages, one by one, so that what was taken is told to the page. */
static void take(double bytes) {
  char *from = mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (from == MAP_FAILED) return;
  for (size_t at = 0; at < (size_t)bytes; at += PAGE) {
    from[at] = 1;
    beat(PAGE);
  }
}

static void rest_for_ever(void) {
  for (;;) {
    wait_ms(5);
    beat(0);
  }
}

static void sit(double held_mib, double duration) {
  take(held_mib * MIB);
  double until = now_ms() + duration;
  while (now_ms() < until) {
    wait_ms(2);
    beat(0);
  }
  record->began_ms = now_ms();
}

static double available_kib(int meminfo) {
  static char text[512];
  ssize_t length = pread(meminfo, text, sizeof text - 1, 0);
  if (length <= 0) return -1;
  text[length] = 0;
  const char *row = strstr(text, "MemAvailable:");
  return row == NULL ? -1 : atof(row + 13);
}

struct meminfo {
  int file;
  double below_kib;
};

static void grow(double rate, double to_mib, struct meminfo meminfo) {
  double began = now_ms(), before = record->held_bytes;
  double looked = 0;
  while (record->held_bytes < to_mib * MIB) {
    double due = rate == 0 ? to_mib * MIB : before + rate * 1e3 * (now_ms() - began);
    if (meminfo.file >= 0 && record->crossed_ms == 0 && now_ms() - looked >= 1) {
      looked = now_ms();
      double kib = available_kib(meminfo.file);
      if (kib >= 0 && kib < meminfo.below_kib) {
        record->crossed_kib = kib;
        record->crossed_ms = now_ms();
      }
    }
    /* Who was frozen does not make up for it: the rate is one of writing, and not of a plan. */
    if (rate > 0 && due - record->held_bytes > rate * 1e3 * LAG_MS + PAGE) {
      began = now_ms();
      before = record->held_bytes;
    } else if (record->held_bytes + PAGE > due) wait_ms(0.5);
    else take(due - record->held_bytes > MIB ? MIB : due - record->held_bytes);
  }
}

/* 16 buffers of a page each, filled. */
static void fill_pipes(void) {
  static char bytes[16 * PAGE];
  struct rlimit files = {1 << 20, 1 << 20};
  setrlimit(RLIMIT_NOFILE, &files);
  for (;;) {
    int ends[2];
    if (pipe2(ends, O_NONBLOCK) != 0) wait_ms(1);
    else {
      ssize_t filled = write(ends[1], bytes, sizeof bytes);
      if (filled > 0) beat(filled);
      if (filled <= 0) wait_ms(1);
      record->objects += 1;
    }
    beat(0);
  }
}

/* A name, a dentry, an inode and a watch each. */
static void watch(const char *directory) {
  char path[4096];
  int instance = inotify_init1(IN_CLOEXEC);
  for (long number = 0;; number += 1) {
    snprintf(path, sizeof path, "%s/%d-%ld", directory, getpid(), number);
    int file = open(path, O_CREAT | O_RDONLY | O_CLOEXEC, 0600);
    int isWatched = inotify_add_watch(instance, path, IN_MODIFY) >= 0;
    if (file >= 0) close(file);
    if (!isWatched) wait_ms(1);
    else record->objects += 1;
    beat(0);
  }
}

int main(int count, char **words) {
  if (count < 5) return 64;
  int file = open(words[1], O_RDWR);
  if (file < 0) return 66;
  record = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (record == MAP_FAILED) return 71;
  if (strcmp(words[2], "watch") == 0) {
    sit(0, atof(words[4]));
    watch(words[3]);
  }
  sit(atof(words[3]), atof(words[4]));
  if (strcmp(words[2], "pipes") == 0) fill_pipes();
  struct meminfo meminfo = {-1, 0};
  if (count > 8) {
    meminfo.file = open(words[7], O_RDONLY);
    meminfo.below_kib = atof(words[8]);
  }
  if (count > 6) grow(atof(words[5]), atof(words[6]), meminfo);
  rest_for_ever();
}
