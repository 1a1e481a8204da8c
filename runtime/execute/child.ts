import { perform } from "./perform.ts"
import type { Report, Task, TaskOutputs, Thrown } from "./task.ts"
import { thrown } from "./thrown.ts"

/** What a child process says. */
export type ChildMessage =
  | { readonly type: "report"; readonly report: Report }
  | { readonly type: "done"; readonly outputs: TaskOutputs }
  | { readonly type: "failed"; readonly error: Thrown }

/** Milliseconds between two reports of progress, at least. */
const pace = 50

/**
 * The life of a child process: one task after the other, until the parent goes away. It does not heed Ctrl-C, which the terminal
 * sends to everybody: the parent decides.
 */
export const serve = (): void => {
  process.on("SIGINT", () => {})
  process.on("disconnect", () => process.exit(0))
  process.on("message", (task: Task) => {
    perform(
      task,
      paced((report) => send({ type: "report", report })),
    )
      .then((outputs) => send({ type: "done", outputs }))
      .catch((error: unknown) => send({ type: "failed", error: thrown(error) }))
  })
}

const send = (message: ChildMessage): void => {
  process.send?.(message)
}

/** Lets through the first report, the last step, and in between as many as the pace allows. */
const paced = (report: (report: Report) => void): ((report: Report) => void) => {
  let last = Number.NEGATIVE_INFINITY
  return (each) => {
    const now = performance.now()
    if (each.type === "progress" && each.step < each.total && now - last < pace) return
    last = now
    report(each)
  }
}
