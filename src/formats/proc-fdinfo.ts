// /proc/PID/fdinfo/N of an inotify instance: one line per watch (fs/notify/fdinfo.c).

/** Watches of the instance; 0 for a descriptor of another kind, and for an instance without watches. */
export function countInotifyWatches(text: string): number {
  let count = 0;
  for (let at = text.indexOf('inotify wd:'); at >= 0; at = text.indexOf('inotify wd:', at + 1))
    if (at === 0 || text[at - 1] === '\n') count++;
  return count;
}
