/**
 * The warden: a POSIX shell that outlives the server and then kills what the
 * server left. It is started in a session of its own, so that what is sent to
 * the server's group misses it, and told on its standard input, in lines:
 *
 * - `+ PID`: a session was started;
 * - `- PID`: nothing is left of it, or nothing that is of interest;
 * - `! PID`: what lives of this session is to be killed now. `! PID near`
 *   says that the session is younger than a round of all process numbers takes,
 *   so that its processes are found among the latest.
 *
 * When its input ends it kills the sessions in its books and ends. Members of a
 * session are found in /proc, in whatever process groups they are; where there
 * is no /proc, the group of each leader is all that is reached.
 *
 * Up to the last look round nothing here starts a process, because a server
 * whose children have used up all processes is one that needs a warden. A line
 * of input without an end is not read: half a number is another number.
 */
export const WARDEN_SCRIPT = `
trap '' HUP INT QUIT TERM PIPE TSTP

# Whatever the server was started with is not ours to keep open.
exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
if [ "$( (echo yes 10>&-) 2>/dev/null)" = yes ]; then
  # This shell knows numbers of more than one digit.
  for path in /proc/$$/fd/[1-9][0-9]*; do
    case \${path##*/} in
    *[!0-9]*) ;;
    *) eval "exec \${path##*/}>&-" ;;
    esac
  done
fi

# One variable per session, and their names in a list that may be out of date.
list= listed=0 count=0

is_pid() {
  case $1 in
  '' | *[!0-9]* | 0* | 1 | ???????????*) return 1 ;;
  esac
}

is_booked() {
  eval "[ -n \\"\\\${booked_$1-}\\" ]"
}

book() {
  is_booked "$1" && return
  eval "booked_$1=yes"
  list="$list $1" listed=$((listed + 1)) count=$((count + 1))
  [ "$listed" -gt $((2 * count + 500)) ] || return
  old=$list list= listed=0
  for pid in $old; do
    is_booked "$pid" && list="$list $pid" listed=$((listed + 1))
  done
}

strike() {
  is_booked "$1" || return
  unset "booked_$1"
  count=$((count - 1))
}

# Kills the group of process $1 if it belongs to session $2; without $2, to any
# in the books. The name in the second field may hold anything, also the end of
# a line: what counts follows the last bracket of the last line.
look_at() {
  last=
  while IFS= read -r line; do last=$line; done <"/proc/$1/stat"
  wanted=\${2-}
  set -- \${last##*)}
  case \${1-Z}\${4-} in
  [ZXx]* | ?*[!0-9]*) return ;;
  esac
  if [ -n "$wanted" ]; then
    [ "$4" = "$wanted" ] || return
  else
    is_pid "$4" && is_booked "$4" || return
  fi
  kill -9 "-$3" && found=yes
}

# Kills until nobody is found any more, or nobody who minds.
sweep() {
  rounds=0
  while [ "$rounds" -lt 20 ]; do
    found= rounds=$((rounds + 1))
    for path in /proc/[1-9]*; do look_at "\${path##*/}" "$@"; done
    [ -n "$found" ] || return
  done
}

sweep_near() {
  latest=
  read -r latest </proc/loadavg
  latest=\${latest##* }
  if is_pid "$latest" && [ "$latest" -ge "$1" ] &&
    [ $((latest - $1)) -lt 200 ]; then
    pid=$1
    while [ "$pid" -le "$latest" ]; do
      look_at "$pid" "$1"
      pid=$((pid + 1))
    done
  else
    sweep "$1"
  fi
}

while read -r verb pid more; do
  is_pid "$pid" || continue
  case "$verb $more" in
  '+ ') book "$pid" ;;
  '- ') strike "$pid" ;;
  '! ') sweep "$pid" ;;
  '! near') sweep_near "$pid" ;;
  esac
done

[ "$count" -gt 0 ] || exit 0
for pid in $list; do
  is_booked "$pid" && kill -9 "-$pid"
done
[ -r /proc/self/stat ] || exit 0
sweep
# A program that was about to become leader of its session is that now.
sleep 1
sweep
exit 0
`;
