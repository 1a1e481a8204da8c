import { Schema } from "effect"
import type { Report } from "../execute/task/task.ts"
import { Commit } from "../store/runs/record.ts"

/** What is recorded of a run when it begins. */
export const RunHeadElement = Schema.Struct({
  run: Schema.String,
  pipeline: Schema.String,
  path: Schema.String,
  created: Schema.String,
  wiring: Schema.String,
  commit: Schema.NullOr(Commit),
  registration: Schema.optionalKey(
    Schema.Struct({ hash: Schema.String, registered: Schema.String, differences: Schema.Array(Schema.String) }),
  ),
})

/** A run that is to be conducted: what it computes is in the store, under the digest. */
export const RunElement = Schema.Struct({
  submission: Schema.String,
  /** Where its spans belong, as W3C's trace context writes it. */
  traceparent: Schema.NullOr(Schema.String),
  head: RunHeadElement,
  /** What a reader should know before these stages compute. */
  warnings: Schema.Array(Schema.Struct({ ids: Schema.Array(Schema.String), message: Schema.String })),
})
export type RunElement = typeof RunElement.Type

/** A stage that is to be computed for a run. */
export const StageElement = Schema.Struct({
  submission: Schema.String,
  run: Schema.String,
  id: Schema.String,
  key: Schema.String,
  /** The digest of what a worker must have. */
  requirement: Schema.String,
  traceparent: Schema.NullOr(Schema.String),
  /** The keys of the results that it is made from, by the ids of their stages. */
  producers: Schema.Record(Schema.String, Schema.String),
})
export type StageElement = typeof StageElement.Type

/** What came of a stage on a worker; its result is in the store. */
export const Reply = Schema.Struct({
  key: Schema.String,
  /** `host:pid` */
  machine: Schema.String,
  came: Schema.Union([
    Schema.Struct({ type: Schema.Literal("finished"), seconds: Schema.Finite }),
    Schema.Struct({ type: Schema.Literal("cached") }),
    /** The results of these stages are damaged, or gone. */
    Schema.Struct({ type: Schema.Literal("damaged"), producers: Schema.Array(Schema.String) }),
    Schema.Struct({
      type: Schema.Literal("failed"),
      tag: Schema.String,
      message: Schema.String,
      details: Schema.Record(Schema.String, Schema.Union([Schema.String, Schema.Finite])),
      record: Schema.String,
      seconds: Schema.Finite,
    }),
  ]),
})
export type Reply = typeof Reply.Type

/** What a worker says of a stage while it computes it; may be missed. */
export type Remark =
  | { readonly type: "started" }
  | { readonly type: "warning"; readonly message: string }
  | { readonly type: "report"; readonly report: Report }

/** The same, with the key of the stage and the worker, `host:pid`. */
export type StageReport = Remark & { readonly key: string; readonly machine: string }

/** `host:pid` of a process. */
export const machineName = ({ host, pid }: { readonly host: string; readonly pid: number }): string => `${host}:${pid}`
