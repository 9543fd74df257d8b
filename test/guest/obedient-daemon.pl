# A daemon that does what it is told and nothing else. perl obedient-daemon.pl FIFO; what may be written into FIFO, line by line:
#   hold MIB          takes so much anonymous memory more and keeps it
#   cache MIB FILE    reads so much of FILE: page cache
#   open COUNT TREE   opens so many files of TREE/1..60/1..1000 and keeps them open
use strict;
use warnings;
my ($fifo) = @ARGV;
my @kept;
# For writing too: a fifo without a writer would read as ended.
open my $cues, '+<', $fifo or die "$fifo: $!";
while (my $cue = <$cues>) {
  my ($word, $count, $path) = split ' ', $cue;
  if ($word eq 'hold') { push @kept, 'x' x (1 << 20) for 1 .. $count }
  if ($word eq 'cache') {
    open my $file, '<:unix', $path or die "$path: $!";
    sysread $file, my $part, 1 << 20 for 1 .. $count;
  }
  if ($word eq 'open') {
    for my $number (0 .. $count - 1) {
      my $file = sprintf '%s/%d/%d', $path, 1 + $number / 1000, 1 + $number % 1000;
      open my $handle, '<:unix', $file or die "$file: $!";
      push @kept, $handle;
    }
  }
}
