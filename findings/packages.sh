# shellcheck shell=sh
# For the findings to read: a temporary folder, and pinned packages of Debian in it.
#
# "$work" is the folder, which is removed at the end. The mirror is $MIRROR, or that of this
# machine's apt. It has of each suite what is current: an error tells of a version that it dropped.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

tries=5
pause_seconds=2 # before the next try: some mirrors refuse a name with a '+' now and then

fail() {
    echo "error: $*" >&2
    exit 1
}

# need COMMAND PACKAGE: what the finding does not install, and takes from this machine.
need() {
    command -v "$1" >/dev/null || fail "the command '$1' is not there (install $2)"
}

# need_libraries PROGRAM PACKAGE: those of a program that is not installed, as its package is not.
need_libraries() {
    missing=$(ldd "$1" | awk '/not found/ { print $1 }' | xargs)
    [ -z "$missing" ] || fail "libraries are not there (install $2, which brings them): $missing"
}

# Prints the URL from which this machine gets Debian.
mirror_of_apt() {
    # shellcheck disable=SC2016 # apt-get is the one to expand it
    apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(REPO_URI)' 'Created-By: Packages' |
        awk -F '|' '$1 == "Debian" && $2 == "Debian" { print $3; exit }'
}

# unpack DIRECTORY PATH SHA256: a package of the mirror, as PATH below its pool/main names it.
unpack() {
    package=$work/package.deb
    try=1
    until /usr/lib/apt/apt-helper download-file "$mirror/pool/main/$2" "$package" "SHA256:$3" \
        >"$work/download.log" 2>&1; do
        [ "$try" -lt "$tries" ] ||
            fail "cannot get $2: $(grep '^E:' "$work/download.log" | head -n 1)"
        try=$((try + 1))
        sleep "$pause_seconds"
    done
    dpkg-deb --extract "$package" "$1"
    rm "$package"
}

# unpack_nasm DIRECTORY: 2.16.01.
unpack_nasm() {
    unpack "$1" n/nasm/nasm_2.16.01-1_amd64.deb \
        0180693ad5d2da8b36e7d73b9b596dc3e9f900238e3de699976c0576875b878f
}

# expect WHAT SEEN EXPECTED: prints what was seen, and fails if that is something else.
expect() {
    echo "$1: $2"
    [ "$2" = "$3" ] || fail "$1: expected '$3'"
}

need dpkg-deb dpkg
need apt-get apt
mirror=${MIRROR:-$(mirror_of_apt)}
mirror=${mirror%/}
[ -n "$mirror" ] || fail "apt names no mirror of Debian (run apt-get update, or set MIRROR=URL)"
