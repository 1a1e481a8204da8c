import { Effect } from "effect"
import { StoreNotWritable } from "../error.ts"

/** Writes to the store; what the file system throws becomes a StoreNotWritable. */
export const writing = <A>(root: string, write: () => A): Effect.Effect<A, StoreNotWritable> =>
  Effect.try({ try: write, catch: (error) => notWritable(root, error) })

export const notWritable = (root: string, error: unknown): StoreNotWritable =>
  new StoreNotWritable({
    path: root,
    message: `the store ${root} cannot be written: ${error instanceof Error ? error.message : String(error)}; make room or change its permissions, or set ASSAY_STORE to another folder`,
  })
