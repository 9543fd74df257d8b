#!/bin/bash
# A Debian package of the built program, from what `npm pack` would publish: npm run deb [-- DIRECTORY], after npm run build.
# The same source and the same SOURCE_DATE_EPOCH give the same bytes.
#
# With koffi's binary where npm has put one for this machine, for its architecture; else for all: guard pages are then not
# locked and large trees count slower, and `syncguard doctor` says so.
set -euo pipefail
project=$(cd "$(dirname "$0")/../.." && pwd)
here=$project/src/packaging
target=$(realpath "${1:-.}")

fail() {
  echo "deb: $1" >&2
  echo "hint: $2" >&2
  exit 1
}
[ -e "$project/dist/start.cjs" ] || fail "$project/dist is not built" 'npm run build'
for program in dpkg-deb gzip node npm; do
  command -v $program >/dev/null || fail "no $program was found in PATH" "apt install ${program%-deb}"
done

field() { node -p "require('$project/package.json').$1"; }
version=$(field version)-1
# The last commit, where there is one: otherwise the day the changelog was written.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$project" log -1 --format=%ct 2>/dev/null || stat -c %Y "$project/CHANGELOG.md")}
export SOURCE_DATE_EPOCH
maintainer=${DEBFULLNAME:-The syncguard authors}' <'${DEBEMAIL:-syncguard@example.org}'>'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
umask 022

(cd "$work" && npm pack "$project" --ignore-scripts --silent >/dev/null && tar -xzf syncguard-*.tgz)
library=$root/usr/lib/syncguard documents=$root/usr/share/doc/syncguard
mkdir -p "$library" "$documents" "$root/usr/bin"
cp -r "$work/package/bin" "$work/package/dist" "$work/package/package.json" "$library"
ln -s ../lib/syncguard/bin/syncguard "$root/usr/bin/syncguard"

declare -A machine_of=([amd64]=x64 [arm64]=arm64 [armhf]=arm [riscv64]=riscv64 [i386]=ia32)
architecture=$(dpkg --print-architecture)
koffi=@koromix/koffi-linux-${machine_of[$architecture]:-none}
binary=linux_${machine_of[$architecture]:-none}/koffi.node
if [ -e "$project/node_modules/$koffi/$binary" ]; then
  install -D -m 644 "$project/node_modules/$koffi/$binary" "$library/node_modules/$koffi/$binary"
  install -m 644 "$project/node_modules/$koffi/package.json" "$library/node_modules/$koffi/package.json"
  depends='libc6 (>= 2.28), nodejs (>= 20.19)'
else
  architecture=all depends='nodejs (>= 20.19)'
fi

syncguard() { "$project/bin/syncguard" "$@"; }
page() { install -D -m 644 /dev/stdin "$root/usr/share/$1"; }
for section in 1 5; do
  syncguard man $section | gzip -9n | page man/man$section/syncguard.$section.gz
done
syncguard completion bash | page bash-completion/completions/syncguard
syncguard completion zsh | page zsh/vendor-completions/_syncguard
syncguard completion fish | page fish/vendor_completions.d/syncguard.fish

install -D -m 644 "$here/config.toml" "$root/etc/syncguard/config.toml"
mkdir -p "$root/etc/syncguard/conf.d"

# Debian has this licence in one place.
refer_to_apache() {
  awk -v RS='\n---\n\n' -v ORS='\n---\n\n' '!/^[^\n]*\(Apache-2\.0\)/ { print; next }
    { print $1, $2, $3 "\n\n" (match($0, /Copyright [0-9][^\n]*/) ? substr($0, RSTART, RLENGTH) "\n\n" : "") \
      "The Apache License, Version 2.0, is in /usr/share/common-licenses/Apache-2.0." }'
}
{
  printf 'syncguard, %s\n\n' "$(field description)"
  cat "$work/package/LICENSE"
  printf '\n---\n\nBundled into it:\n\n'
  refer_to_apache <"$library/dist/THIRD-PARTY-LICENCES.txt"
  [ $architecture = all ] || { printf 'koffi\n\n' && cat "$project/node_modules/koffi/LICENSE.txt"; }
} >"$documents/copyright"
rm "$library/dist/THIRD-PARTY-LICENCES.txt"
gzip -9nc "$work/package/CHANGELOG.md" >"$documents/changelog.gz"
printf 'syncguard (%s) unstable; urgency=medium\n\n  * See changelog.gz.\n\n -- %s  %s\n' "$version" "$maintainer" \
  "$(LC_ALL=C date -u -R -d "@$SOURCE_DATE_EPOCH")" | gzip -9n >"$documents/changelog.Debian.gz"

mkdir "$root/DEBIAN"
echo /etc/syncguard/config.toml >"$root/DEBIAN/conffiles"
install -m 755 "$here/deb-prerm" "$root/DEBIAN/prerm"
install -m 755 "$here/deb-postrm" "$root/DEBIAN/postrm"
cat >"$root/DEBIAN/control" <<CONTROL
Package: syncguard
Version: $version
Architecture: $architecture
Maintainer: $maintainer
Section: utils
Priority: optional
Depends: $depends
Installed-Size: $(du -sk --apparent-size --exclude=DEBIAN "$root" | cut -f1)
Description: guard of a small container against its own file-sync daemon
 A sync daemon looks at every file and watches every folder, and the kernel
 keeps a dentry and an inode for each. In a small container that runs into a
 wall, and from then on every allocation fails.
 .
 syncguard counts the tree first and says whether it fits, starts the daemon
 only if it does, and then slows, pauses or ends it before a wall is hit.
CONTROL
(cd "$root" && find . -type f -not -path './DEBIAN/*' -printf '%P\0' | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
find "$root" -type d -exec chmod 755 {} +
find "$root" -type f -not -perm /111 -exec chmod 644 {} +

dpkg-deb --build --root-owner-group "$root" "$target" | sed 's/^dpkg-deb: //'
