#!/bin/sh
# Ends everything an application host has started, once the host is gone, however it went.
#
# usage: supervisor.sh MARK < pipe-from-the-host
#
# MARK is NAME=value, an environment variable that only the host's children carry. The host writes, one a line:
#   add GROUP STOP URGENT FOLDER   a process group, the number of the signal that asks it to stop, the one that asks
#                                  again (0: none), and a folder in which only its processes work (may be empty)
#   gone GROUP                     it has ended; its number may soon belong to a stranger
#   host PID                       at the end, end the host too
# End of file is the end. From then on it takes about three seconds at most: every group is asked to stop, asked again, and
# then killed, together with what has left its group but still carries the mark, descends from a group or works in one
# of the folders.
#
# The whole script is one function, so that the shell has read all of it before it waits.

main() {
    set -u
    trap '' HUP INT QUIT TERM PIPE
    exec >/dev/null 2>&1
    cd /
    mark=$1
    groups=
    folders=
    host=
    known=' '
    newline='
'

    while read -r verb id stop urgent folder; do
        case $verb in
            add)
                groups="$groups $id:$stop:$urgent"
                [ -z "$folder" ] || folders="$folders$folder$newline"
                ;;
            gone) forget "$id" ;;
            host) host=$id ;;
        esac
    done

    clock
    start=$now
    look
    ask stop
    [ -z "$host" ] || kill -TERM "$host"
    wait_for_groups 160
    ask urgent
    wait_for_groups 220
    wait_for_host 260
    [ -z "$host" ] || kill -KILL "$host"

    # Whatever is left starts nothing new once it has been killed, so few passes are needed; there is an end to them
    # for the case that something cannot be killed.
    for group in $groups; do
        kill -KILL "-${group%%:*}"
    done
    passes=0
    while look && [ "$passes" -lt 50 ]; do
        for process in $alive; do
            kill -KILL "$process"
        done
        passes=$((passes + 1))
        sleep 0.05
    done
}

# forget GROUP
forget() {
    kept=
    for group in $groups; do
        [ "${group%%:*}" = "$1" ] || kept="$kept $group"
    done
    groups=$kept
}

# ask stop|urgent: signal every group that has such a signal
ask() {
    for group in $groups; do
        signals=${group#*:}
        case $1 in
            stop) signal=${signals%%:*} ;;
            urgent) signal=${signals##*:} ;;
        esac
        [ "$signal" = 0 ] || kill "-$signal" "-${group%%:*}"
    done
}

# now, in hundredths of a second since the machine started
clock() {
    read -r now _ < /proc/uptime
    now=${now%.*}${now#*.}
}

# before HUNDREDTHS: is it still less than this long since the end began?
before() {
    clock
    [ $((now - start)) -lt "$1" ]
}

# wait_for_groups HUNDREDTHS: return early when no group has a process left
wait_for_groups() {
    while any_group && before "$1"; do
        sleep 0.05
    done
}

any_group() {
    for group in $groups; do
        kill -0 "-${group%%:*}" && return 0
    done
    return 1
}

# wait_for_host HUNDREDTHS: return early when there is no host to end, or it has ended
wait_for_host() {
    while [ -n "$host" ] && kill -0 "$host" && before "$1"; do
        sleep 0.05
    done
}

# Find what belongs to the host and set alive to the process ids; fails when there is nothing. A process once found stays
# known by its id and start time, even when its parents have died.
look() {
    alive=
    marked=' '
    for path in $(grep -lasF -- "$mark" /proc/[0-9]*/environ); do
        path=${path#/proc/}
        marked="$marked${path%/environ} "
    done

    table=
    for path in /proc/[0-9]*/stat; do
        read -r line < "$path" || continue
        process=${line%% *}
        # After the name, which may hold anything: state, parent, group, session; the 20th field is the start time.
        set -- ${line##*) }
        [ $# -ge 20 ] && [ "$1" != Z ] && [ "$process" != $$ ] || continue
        key="$process:${20}"
        if belongs "$process" "$key" "$3" "$4"; then
            add_found
        else
            table="$table $process:$2:${20}"
        fi
    done

    # Descendants, generation by generation.
    grown=1
    while [ "$grown" = 1 ]; do
        grown=0
        rest=
        for entry in $table; do
            process=${entry%%:*}
            parent=${entry#*:}
            key="$process:${parent#*:}"
            parent=${parent%%:*}
            case " $alive " in
                *" $parent "*) add_found; grown=1 ;;
                *) rest="$rest $entry" ;;
            esac
        done
        table=$rest
    done
    [ -n "$alive" ]
}

add_found() {
    alive="$alive $process"
    case $known in
        *" $key "*) ;;
        *) known="$known$key " ;;
    esac
}

# belongs PROCESS KEY GROUP SESSION
belongs() {
    for group in $groups; do
        if [ "${group%%:*}" = "$3" ] || [ "${group%%:*}" = "$4" ]; then
            return 0
        fi
    done
    case $known in *" $2 "*) return 0 ;; esac
    case $marked in *" $1 "*) return 0 ;; esac
    [ -n "$folders" ] || return 1
    while read -r folder; do
        [ -n "$folder" ] && [ "/proc/$1/cwd" -ef "$folder" ] && return 0
    done <<END
$folders
END
    return 1
}

main "$@"
exit
