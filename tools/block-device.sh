# shellcheck shell=sh
# What Linux tells of a disk, for tools/usb. A disk is named here by its directory in sysfs, without
# symbolic links. AETHEL_SYSFS and AETHEL_PROC name other places to look in, for the tests.

sysfs=$(readlink -f "${AETHEL_SYSFS:-/sys}" 2>/dev/null || true)
proc=${AETHEL_PROC:-/proc}

# The sectors that sysfs counts, whatever the disk's own are.
sector_bytes=512

# Prints the attribute $2 of the sysfs directory $1, without the blanks around it.
attribute() {
    [ -r "$1/$2" ] || return 0
    read -r value <"$1/$2" || true
    echo "$value"
}

# $1: sysfs directory of a disk
is_usb() {
    case "$1" in
    */usb[0-9]*/*) return 0 ;;
    *) return 1 ;;
    esac
}

# A USB hard disk or a good stick calls itself fixed, a card in a laptop's own slot does, too.
can_be_taken_out() {
    is_usb "$1" || [ "$(attribute "$1" removable)" = 1 ] || [ "$(attribute "$1" device/type)" = SD ]
}

is_cd_drive() {
    [ "$(attribute "$1" device/type)" = 5 ] # SCSI's peripheral device type (SPC-3, 6.4.2)
}

# The serial number of a USB device stands some directories above that of the disk in it.
serial_number() (
    directory=$1
    while [ "${directory#"$sysfs"/}" != "$directory" ]; do
        if [ -e "$directory/idVendor" ] || [ -e "$directory/device/serial" ]; then
            break
        fi
        directory=${directory%/*}
    done
    attribute "$directory" serial
    attribute "$directory" device/serial
)

model() {
    for part in vendor model name; do # a card has a name instead of the other two
        attribute "$1" "device/$part"
    done | paste -s -d ' ' -
}

# $1: sectors
size_in_words() {
    tenths=$(($1 * sector_bytes / 100000))
    unit=MB
    if [ "$tenths" -ge 10000 ]; then
        tenths=$((tenths / 1000))
        unit=GB
    fi
    echo "$((tenths / 10)).$((tenths % 10)) $unit"
}

# Prints the sysfs directories of disk $1, of its partitions, and of all that is built on them.
layers() (
    echo "$1"
    for partition in "$1"/*/partition; do
        [ ! -e "$partition" ] || layers "${partition%/partition}"
    done
    for holder in "$1"/holders/*; do
        [ ! -e "$holder" ] || layers "$(readlink -f "$holder")"
    done
)

# Prints where the block device with the sysfs directory $1 is mounted, and [swap] for swap. Btrfs
# hides the numbers of the device in mountinfo, and names it.
mount_points() {
    awk -v name="/dev/${1##*/}" -v numbers="$(attribute "$1" dev)" '
        { for (i = 7; i < NF && $i != "-"; i++); }
        $3 == numbers || $(i + 2) == name { print $5 }' "$proc/self/mountinfo"
    awk -v name="/dev/${1##*/}" '$1 == name { print "[swap]" }' "$proc/swaps"
}

# Prints a line `NAME MOUNT_POINT` for each mounted layer of disk $1.
uses() {
    layers "$1" | while read -r layer; do
        mount_points "$layer" | sed "s|^|${layer##*/} |"
    done
}

list_sticks() {
    for entry in "$sysfs"/block/*; do
        candidate=$(readlink -f "$entry")
        sectors=$(attribute "$candidate" size)
        if can_be_taken_out "$candidate" && ! is_cd_drive "$candidate" &&
            [ "${sectors:-0}" -gt 0 ]; then
            echo "    /dev/${candidate##*/}  $(model "$candidate"), $(size_in_words "$sectors")"
        fi
    done
}
