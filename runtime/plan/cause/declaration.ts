import type { ComponentName } from "../../fingerprint/component-path.ts"
import { type Cause, type Comparison, isIn, ownCause } from "./cause.ts"

type Reason = (comparison: Pick<Comparison, "stage" | "changed">) => ReadonlyArray<Cause>

const changeIn =
  (component: ComponentName): Reason =>
  ({ stage, changed }) =>
    changed.flatMap((each) => (isIn(each.path, component) ? [ownCause(stage, each)] : []))

/** Assay gives the components of fingerprints another meaning. */
export const formatChanged: Reason = changeIn("format")

/** The id belongs to a stage declared under another name. */
export const nameChanged: Reason = changeIn("stage")

/**
 * The program that computes the stage, or that it asks, is another: one cause for each file,
 * argument and part of its environment.
 */
export const programChanged: Reason = changeIn("program")

/** A parameter has another value: one cause for each, by its path. */
export const parameterChanged: Reason = changeIn("parameters")

/** A port accepts, or an output holds, an artifact of another schema. */
export const schemaChanged: Reason = changeIn("schemas")

/** The stage declares other `reads`, or another `readsAs`. */
export const readsChanged: Reason = changeIn("reads")
