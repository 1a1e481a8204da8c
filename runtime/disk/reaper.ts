import { spawn } from "node:child_process"

/**
 * Kills the processes that it watches when this one ends, in whatever way: a child in an endless
 * loop notices nothing and would keep a core busy for ever. A shell waits at a pipe that the kernel
 * closes with us, and takes no notice of the signals of a terminal.
 */
export interface Reaper {
  readonly watch: (pid: number) => void
  readonly forget: (pid: number) => void
  /** All of a process group, by the id of the process that leads it. */
  readonly watchGroup: (leader: number) => void
  readonly forgetGroup: (leader: number) => void
  readonly close: () => void
}

const script = `
trap '' INT TERM HUP QUIT
pids=
while read -r what pid; do
  rest=
  for each in $pids; do [ "$each" = "$pid" ] || rest="$rest $each"; done
  pids=$rest
  [ "$what" = forget ] || pids="$pids $pid"
done
[ -z "$pids" ] || kill -9 $pids 2>/dev/null
`

export const startReaper = (): Reaper => {
  const shell = spawn("/bin/sh", ["-c", script], { stdio: ["pipe", "ignore", "ignore"], detached: true, env: {}, cwd: "/" })
  // Without a shell, what this guards against may happen; nothing else does.
  shell.on("error", () => {})
  shell.stdin.on("error", () => {})
  shell.unref()
  ;(shell.stdin as unknown as { unref?: () => void }).unref?.()
  const say = (line: string): void => {
    if (shell.stdin.writable) shell.stdin.write(`${line}\n`)
  }
  const watch = (id: number): void => say(`watch ${id}`)
  const forget = (id: number): void => say(`forget ${id}`)
  return {
    watch,
    forget,
    // To kill, a negative number is that of a group.
    watchGroup: (leader) => watch(-leader),
    forgetGroup: (leader) => forget(-leader),
    close: () => shell.stdin.end(),
  }
}
