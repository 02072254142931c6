/** Keeps books of sessions, and kills them when its input ends. */
export const WARDEN_SCRIPT = `
books=' '
while read -r sign pid; do
  case $sign in
    +) books="$books$pid " ;;
    -) books="\${books%% $pid *} \${books#* $pid }" ;;
  esac
done
for pid in $books; do kill -9 "-$pid"; done
`;
