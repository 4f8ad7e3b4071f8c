# shellcheck shell=sh
# How QEMU wants to be told a file's name, for the scripts that start it.

# Prints $1 as the value of `file=` in -drive: a comma would end it, and what stands before a colon,
# unless a slash comes first, would be a protocol.
qemu_file() {
    case "$1" in
    /*) echo "$1" ;;
    *) echo "./$1" ;;
    esac | sed 's/,/,,/g'
}
