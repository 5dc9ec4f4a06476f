# Ends the tools of the process that started this, when that dies.
trap '' HUP INT QUIT TERM USR1 USR2 PIPE ALRM TSTP TTIN TTOU
exec 3<&- 4<&- 5<&- 6<&- 7<&- 8<&- 9<&-
marked=$1

# Of each tool its group, or its mark while it starts, and how many tenths of a second it has to clean up.
tools=' '
while read -r what tool tenths; do
    case $what in
    +) tools="$tools$tool:$tenths " ;;
    -) tools="${tools%% "$tool":*} ${tools#* "$tool":* }" ;;
    esac
done

# Sets `group` to that of the process that was started with a mark.
find_group() {
    for environ in $(grep -lsF "$marked${1#@}." /proc/[0-9]*/environ); do
        read -r stat <"${environ%environ}stat" || continue
        set -- ${stat##*) }
        group=$3
        return 0
    done
    return 1
}

passed=0
asked=' '
while [ "$tools" != ' ' ]; do
    left=' '
    for tool in $tools; do
        group=${tool%:*}
        tenths=${tool#*:}
        case $group in
        @*)
            # One that has not become its program yet shows its mark a little later, or never does.
            if ! find_group "$group"; then
                [ "$passed" -lt 5 ] && left="$left$tool "
                continue
            fi
            ;;
        esac
        case $asked in
        *" $group "*) ;;
        *)
            kill -TERM "-$group"
            kill -CONT "-$group"
            asked="$asked$group "
            ;;
        esac
        kill -0 "-$group" || continue
        if [ "$passed" -ge "$tenths" ]; then
            kill -KILL "-$group"
        else
            left="$left$group:$tenths "
        fi
    done
    tools=$left
    [ "$tools" = ' ' ] && break
    if sleep 0.1; then
        passed=$((passed + 1))
    elif sleep 1; then
        passed=$((passed + 10))
    else
        passed=1000000
    fi
done
