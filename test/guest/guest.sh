#!/bin/bash
# A throw-away machine with a kernel of its own: Debian's systemd on cgroup v2 with memory accounting and PSI, emulated, so
# that no KVM is needed. For the laws that the machine under a test run cannot show.
#
#   guest.sh build DIR            root, debootstrap, mke2fs; about a minute and 300 MB; nothing to do when DIR is younger than this
#   guest.sh boot DIR             speaks the protocol of guest-agent on standard input and output, its console on error
#   guest.sh run DIR -- COMMAND   boots, runs COMMAND, and ends with its status
#
# The built program of this checkout is at /syncguard and in PATH there. Every boot begins with the same disk.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
project=$(cd "$here/../.." && pwd)

# Debian 12's 6.1 has ext4 and NVMe built in: no initial RAM disk, no modules. Its 6.12 backport panicked twice in a stat
# walk under this emulation.
readonly suite=bookworm kernel_series=6.1
readonly disk_size=1200M memory_mb=1024
# /srv/tree: looked at once it is charged about 80 MiB.
readonly tree_directories=60 files_per_directory=1000
# Units of a real machine that only cost time here (emulated: about 1 s each).
readonly idle_units='apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer
  e2scrub_reap.service fstrim.timer systemd-pstore.service systemd-random-seed.service'

fail() {
  echo "guest: $*" >&2
  exit 125
}

is_current() {
  [ "$1/disk" -nt "$here/guest.sh" ] && [ "$1/disk" -nt "$here/guest-agent" ]
}

build() {
  ! is_current "$1" || return 0
  mkdir -p "$1"
  exec 9>"$1/lock"
  flock 9
  ! is_current "$1" || return 0
  cd "$1"
  unpack_kernel
  rm -rf root
  debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,libpam-systemd,libstdc++6 \
    "$suite" root >debootstrap.log 2>&1 || fail "debootstrap ended badly: $(tail -n 3 debootstrap.log)"
  furnish root
  truncate -s "$disk_size" disk.new
  mke2fs -q -t ext4 -N 500000 -m 0 -E lazy_itable_init=1 -d root disk.new
  rm -rf root package
  mv disk.new disk
  touch disk
}

kernel_package() {
  apt-cache depends linux-image-cloud-amd64 2>/dev/null | awk -v series="linux-image-$kernel_series" \
    '$1 == "Depends:" && index($2, series) == 1 { print $2; exit }'
}

# Unpacked, never installed on this machine.
unpack_kernel() {
  local name
  name=$(kernel_package)
  [ -n "$name" ] || { apt-get update -q >/dev/null && name=$(kernel_package); }
  [ -n "$name" ] || fail "apt knows no cloud kernel $kernel_series; Debian 12 has one"
  rm -rf package
  mkdir package
  (cd package && apt-get -o APT::Sandbox::User=root download "$name" >/dev/null)
  dpkg-deb --fsys-tarfile package/*.deb | tar -x -C package ./boot
  cp package/boot/vmlinuz-* kernel
}

furnish() {
  local root=$1 unit
  rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,man,locale}
  install -m 755 "$(command -v node)" "$root/usr/local/bin/node"
  install -m 755 "$here/guest-agent" "$here/record-host" "$root/usr/local/sbin/"
  install -m 644 "$here/guest-agent.service" "$root/etc/systemd/system/"
  mkdir "$root/syncguard"
  ln -s /syncguard/bin/syncguard "$root/usr/local/bin/syncguard"
  ln -s ../guest-agent.service "$root/etc/systemd/system/multi-user.target.wants/"
  for unit in $idle_units; do ln -sf /dev/null "$root/etc/systemd/system/$unit"; done
  for unit in $(seq "$tree_directories"); do
    mkdir -p "$root/srv/tree/$unit"
    (cd "$root/srv/tree/$unit" && seq "$files_per_directory" | xargs touch)
  done
  : >"$root/etc/fstab"
  echo guest >"$root/etc/hostname"
  printf '%032x\n' 2012 >"$root/etc/machine-id"
}

# The program as npm would install it, on a disk of its own that is gone when the guest has ended.
pack_project() {
  local stage part
  stage=$(mktemp -d)
  mkdir -p "$stage/project/node_modules"
  cp -r "$project"/{bin,dist,package.json} "$stage/project/"
  for part in koffi @koromix; do
    [ ! -d "$project/node_modules/$part" ] || cp -r "$project/node_modules/$part" "$stage/project/node_modules/"
  done
  truncate -s 64M "$stage/disk"
  mke2fs -q -t ext4 -m 0 -d "$stage/project" "$stage/disk"
  exec 8<>"$stage/disk"
  rm -r "$stage"
}

boot() {
  [ -e "$1/disk" ] || fail "nothing is built in $1; first: $0 build $1"
  [ -e "$project/dist/sentinel.cjs" ] || fail "the program is not built; first: npm run build"
  pack_project
  # Node gives its children sockets, which cannot be opened by name as qemu does; a pipe can.
  exec 2> >(exec cat >&2)
  # Busy time is counted in instructions, 1 ns each, so that a loaded host makes the guest no slower in its own time: how
  # fast a walk outruns the kernel's grace periods decides whether it is killed. Dies with its parent.
  exec setpriv --pdeathsig KILL qemu-system-x86_64 -M q35 -accel tcg -icount shift=0 -cpu Nehalem,+rdrand \
    -m "$memory_mb" \
    -nodefaults -no-user-config -display none -no-reboot -kernel "$1/kernel" \
    -append "root=/dev/nvme0n1 rw console=ttyS0 quiet mitigations=off panic=-1 oops=panic psi=1 tsc=reliable
      systemd.getty_auto=no" \
    -serial file:/dev/stderr -serial stdio \
    -drive "file=$1/disk,if=none,id=root,format=raw,snapshot=on,cache=unsafe" -device nvme,drive=root,serial=root \
    -drive "file=/proc/self/fd/8,if=none,id=project,format=raw,snapshot=on,cache=unsafe" -device nvme,drive=project,serial=project
}

run() {
  local directory=$1 script status out err
  shift 2
  coproc guest { boot "$directory" 2>/dev/null; }
  read -r <&"${guest[0]}" || fail 'the guest did not come up'
  script=$(printf '%q ' "$@" | base64 -w 0)
  echo "$script" >&"${guest[1]}"
  read -r status out err <&"${guest[0]}" || fail 'the guest ended without an answer'
  # shellcheck disable=SC2154 # coproc sets it.
  kill "$guest_PID"
  base64 -d <<<"${out#.}"
  base64 -d <<<"${err#.}" >&2
  exit "$status"
}

case ${1-} in
build) build "$2" ;;
boot) boot "$2" ;;
run) run "${@:2}" ;;
*) fail "usage: $0 build DIR | boot DIR | run DIR -- COMMAND" ;;
esac
