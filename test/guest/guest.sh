#!/bin/bash
# A throw-away machine with a kernel of its own: Debian's systemd on cgroup v2 with memory accounting and PSI, emulated, so
# that no KVM is needed. For the laws that the machine under a test run cannot show.
#
#   guest.sh build DIR            root, apt, mke2fs; 10 s and 300 MB; nothing to do when DIR has what this file would build
#   guest.sh boot DIR             speaks the protocol of guest-agent on standard input and output, its console on error
#   guest.sh run DIR -- COMMAND   boots, runs COMMAND, and ends with its status
#
# README.md tells what is in it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
project=$(cd "$here/../.." && pwd)

# Debian 12's 6.1 has ext4 and NVMe built in: no initial RAM disk, no modules. Its 6.12 backport panicked twice in a stat
# walk under this emulation.
readonly kernel_series=6.1
# systemd-run --wait needs a bus.
readonly packages='systemd-sysv dbus base-passwd bash dash coreutils findutils grep sed mount perl-base libstdc++6'
readonly disk_size=600M disk_inodes=20000 memory_mb=1024
# An image that has not been booted for so long is removed when the next is built.
readonly keep_days=7
# /srv/tree: looked at once it is charged about 80 MiB. A disk of its own, small enough to be read whole at each boot.
readonly tree_directories=60 files_per_directory=1000 tree_size=48M tree_inodes=61000
# Units of a real machine that only cost time here (emulated: 4 s in all).
readonly idle_units='cryptsetup.target dev-hugepages.mount dev-mqueue.mount integritysetup.target
  modprobe@.service sys-kernel-debug.mount sys-kernel-tracing.mount systemd-ask-password-console.path
  systemd-ask-password-wall.path systemd-initctl.socket systemd-journal-flush.service
  systemd-journald-audit.socket systemd-logind.service systemd-machine-id-commit.service
  systemd-modules-load.service systemd-pstore.service systemd-random-seed.service systemd-remount-fs.service
  systemd-sysctl.service systemd-sysusers.service systemd-tmpfiles-clean.timer systemd-tmpfiles-setup-dev.service
  systemd-tmpfiles-setup.service systemd-update-utmp.service systemd-update-utmp-runlevel.service
  systemd-user-sessions.service veritysetup.target'

fail() {
  echo "guest: $*" >&2
  exit 125
}

# Named by what it is made of, so that several checkouts can share DIR, and none ever changes one that runs.
image() {
  local name
  name=$(cd "$here" && { cat guest.sh guest-agent guest-agent.service record-host && node --version; } | sha256sum)
  echo "$1/${name:0:12}"
}

build() {
  local image
  image=$(image "$1")
  [ ! -d "$image" ] || return 0
  mkdir -p "$1"
  exec 9>"$1/lock"
  flock 9
  [ ! -d "$image" ] || return 0
  find "$1" -mindepth 1 -maxdepth 1 -type d -mtime "+$keep_days" -exec rm -rf {} +
  rm -rf "$image.new"
  mkdir "$image.new"
  cd "$image.new"
  unpack_kernel
  unpack_root
  furnish root
  plant tree
  make_disk root.disk root "$disk_size" "$disk_inodes"
  make_disk tree.disk tree "$tree_size" "$tree_inodes"
  rm -rf package archives root tree
  mv "$image.new" "$image"
}

# NAME, DIRECTORY with what shall be on it, size, how many files there may be.
make_disk() {
  truncate -s "$3" "$1"
  mke2fs -q -F -t ext4 -N "$4" -m 0 -E lazy_itable_init=1 -d "$2" "$1"
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
  mkdir package
  (cd package && apt-get -o APT::Sandbox::User=root download "$name" >/dev/null)
  # tar has what it wants long before the end, and then dpkg-deb has nobody to write to.
  dpkg-deb --fsys-tarfile package/*.deb 2>/dev/null |
    tar -x -C package --occurrence=1 --wildcards './boot/vmlinuz-*' || true
  cp package/boot/vmlinuz-* kernel
}

# What the packages need, as if nothing were installed, unpacked and not configured: debootstrap takes five times as long.
unpack_root() {
  local directory package
  mkdir -p archives/partial root/{dev,etc,proc,root,run,srv/tree,sys,syncguard,tmp,usr/local/{bin,sbin},var}
  for directory in bin sbin lib lib64; do
    mkdir "root/usr/$directory"
    ln -s "usr/$directory" "root/$directory"
  done
  # shellcheck disable=SC2086 # A list.
  apt-get -q -y -o APT::Sandbox::User=root -o APT::Install-Recommends=false -o Dir::State::status=/dev/null \
    -o Dir::Cache::archives="$PWD/archives" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= \
    --download-only install $packages >apt.log 2>&1 || fail "apt-get ended badly: $(tail -n 3 apt.log)"
  for package in archives/*.deb; do
    dpkg-deb --fsys-tarfile "$package" |
      tar -x -C root --keep-directory-symlink --exclude=./usr/share/{doc,locale,man} --exclude='./usr/lib/*/gconv/*'
  done
  ldconfig -r root
}

furnish() {
  local root=$1 file unit
  for file in passwd group; do cp "$root/usr/share/base-passwd/$file.master" "$root/etc/$file"; done
  echo 'messagebus:x:100:100::/nonexistent:/usr/sbin/nologin' >>"$root/etc/passwd"
  echo 'messagebus:x:100:' >>"$root/etc/group"
  ln -s /run "$root/var/run"
  install -m 755 "$(command -v node)" "$root/usr/local/bin/node"
  install -m 755 "$here/guest-agent" "$here/record-host" "$root/usr/local/sbin/"
  install -m 644 "$here/guest-agent.service" "$root/etc/systemd/system/"
  ln -s /syncguard/bin/syncguard "$root/usr/local/bin/syncguard"
  mkdir -p "$root/etc/systemd/system/multi-user.target.wants"
  ln -s ../guest-agent.service "$root/etc/systemd/system/multi-user.target.wants/"
  for unit in $idle_units; do ln -s /dev/null "$root/etc/systemd/system/$unit"; done
  rm "$root"/usr/lib/systemd/system-generators/*
  echo guest >"$root/etc/hostname"
  printf '%032x\n' 2012 >"$root/etc/machine-id"
}

plant() {
  local directory
  for directory in $(seq "$tree_directories"); do
    mkdir -p "$1/$directory"
    (cd "$1/$directory" && seq "$files_per_directory" | xargs touch)
  done
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
  local image root project_disk tree
  image=$(image "$1")
  [ -d "$image" ] || fail "nothing is built in $1; first: $0 build $1"
  [ -e "$project/dist/sentinel.cjs" ] || fail "the program is not built; first: npm run build"
  touch "$image" 2>/dev/null || true
  pack_project
  read -ra root <<<"$(disk_options "$image/root.disk" root)"
  read -ra project_disk <<<"$(disk_options /proc/self/fd/8 project)"
  read -ra tree <<<"$(disk_options "$image/tree.disk" tree)"
  # Node gives its children sockets, which cannot be opened by name as qemu does; a pipe can.
  exec 2> >(exec cat >&2)
  # Busy time is counted in instructions, 1 ns each, so that a loaded host makes the guest no slower in its own time: how
  # fast a walk outruns the kernel's grace periods decides whether it is killed. The timer of the local APIC would be
  # measured against a loop of reads of the clock, 4 s long under that count. Dies with its parent.
  exec setpriv --pdeathsig KILL qemu-system-x86_64 -M q35 -accel tcg -icount shift=0 -cpu Nehalem,+rdrand \
    -m "$memory_mb" \
    -nodefaults -no-user-config -display none -kernel "$image/kernel" \
    -append "root=/dev/nvme0n1 rw console=ttyS0 quiet mitigations=off panic=-1 oops=panic psi=1 tsc=reliable nolapic_timer
      systemd.unit=multi-user.target" \
    -serial file:/dev/stderr -serial stdio \
    "${root[@]}" "${project_disk[@]}" "${tree[@]}"
}

# FILE, and a name; what is written to it is thrown away.
disk_options() {
  echo "-drive file=$1,if=none,id=$2,format=raw,snapshot=on,cache=unsafe -device nvme,drive=$2,serial=$2"
}

run() {
  local directory=$1 script status out err
  shift 2
  coproc guest { boot "$directory" 2>/dev/null; }
  read -r <&"${guest[0]}" || fail 'the guest did not come up'
  script=$(printf '%q ' "$@" | base64 -w 0)
  echo "$script" >&"${guest[1]}"
  read -r status out err <&"${guest[0]}" || fail 'the guest ended without an answer'
  [ "$status" != ready ] || fail 'the guest began anew without an answer'
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
