/**
 * The warden: a POSIX shell that outlives the server and then kills what the
 * server left. It is started in a session of its own, so that what is sent to
 * the server's group misses it, and told on its standard input, in lines:
 *
 * - `? OUTPUT`: a session is about to be started, whose leader has this as its
 *   second descriptor: `pINODE` for a pipe, `tNUMBER` for a terminal of
 *   /dev/pts;
 * - `/ OUTPUT`: it was started, or could not be;
 * - `+ PID`: a session was started;
 * - `- PID`: nothing is left of it, or nothing that is of interest;
 * - `! PID`: what lives of this session is to be killed now. `! PID near`
 *   says that the session is younger than a round of all process numbers takes,
 *   so that its processes are found among the latest.
 *
 * When its input ends it kills the sessions in its books and ends. A server that
 * dies in the instant of a start can't tell the number any more; but its child
 * keeps that input open until it has its own descriptors, and is known by them.
 * Members of a
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

# Outputs of sessions whose numbers are still to come.
announced=' '

announce() {
  case \${1#[pt]} in
  '' | *[!0-9]*) ;;
  *) announced="$announced$1 " ;;
  esac
}

withdraw() {
  case $announced in
  *" $1 "*) announced="\${announced%% $1 *} \${announced#* $1 }" ;;
  esac
}

# Whether process $1 leads a session and was started not long ago.
is_newborn() {
  last=
  while IFS= read -r line; do last=$line; done <"/proc/$1/stat"
  leader=$1
  set -- \${last##*)}
  [ "\${4-}" = "$leader" ] && [ $((died - \${20} / 100)) -le 10 ]
}

# Books those whose output was announced. Numbers of terminals come again: what
# once was at one may be the output of somebody else, who is older.
book_announced() {
  [ "$announced" != ' ' ] || return
  outputs=$(ls -l /proc/[1-9]*/fd/1)
  while IFS= read -r link; do
    output=\${link##* -> }
    case $output in
    'pipe:['*']') output=p\${output#pipe:?} output=\${output%?} ;;
    /dev/pts/*) output=t\${output#/dev/pts/} output=\${output%% *} ;;
    *) continue ;;
    esac
    case $announced in *" $output "*) ;; *) continue ;; esac
    pid=\${link#* /proc/} pid=\${pid%%/*}
    is_pid "$pid" && is_newborn "$pid" && book "$pid"
  done <<END
$outputs
END
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
  case "$verb $more" in
  '? ') announce "$pid" ;;
  '/ ') withdraw "$pid" ;;
  esac
  is_pid "$pid" || continue
  case "$verb $more" in
  '+ ') book "$pid" ;;
  '- ') strike "$pid" ;;
  '! ') sweep "$pid" ;;
  '! near') sweep_near "$pid" ;;
  esac
done

[ "$count" -gt 0 ] || [ "$announced" != ' ' ] || exit 0
for pid in $list; do
  is_booked "$pid" && kill -9 "-$pid"
done
[ -r /proc/self/stat ] || exit 0
read -r died more </proc/uptime
died=\${died%%.*}
book_announced
sweep
# A program that was about to become leader of its session is that now.
sleep 1
book_announced
sweep
exit 0
`;
