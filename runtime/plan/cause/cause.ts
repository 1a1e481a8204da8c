import type { Json } from "../../../dsl/canonical.ts"
import type { GraphSource, GraphStage } from "../../../dsl/graph.ts"
import { type ComponentPath, printPath } from "../../fingerprint/component-path.ts"
import type { Difference } from "../../fingerprint/difference.ts"
import type { FileNames } from "../../fingerprint/stage-facts.ts"
import type { Vector } from "../../fingerprint/vector.ts"
import type { NamedFile } from "../../store/code/files.ts"
import type { Manifest } from "../../store/results/manifest.ts"

/** One reason to run a stage: mostly a component of its fingerprint that changed. */
export interface Cause {
  /**
   * `code`, `plugins.judge`, `packages.effect`, `parameters.beta`, `inputs.reference`, …; `never
   * run` where there is no earlier result, `result gone` or `result damaged` where there was one
   * and the store no longer has it, or not whole; `not cacheable`.
   */
  readonly component: string
  /** Null where there was none. */
  readonly before: Json
  /** Null where there is none any more, or where it has still to be computed. */
  readonly after: Json
  /**
   * The id of the stage where the change came in; this stage itself unless it arrived through an
   * input.
   */
  readonly root: string
  /**
   * Of `code` and of plugins, the files that were edited, added or removed, relative to the module;
   * empty where they are unknown.
   */
  readonly files?: ReadonlyArray<string>
}

/** A stage that is not cached, beside the earlier result that it is compared with. */
export interface Comparison {
  readonly stage: GraphStage
  readonly vector: Vector
  readonly last: Manifest
  /** The parts in which their fingerprints differ, inputs aside. */
  readonly changed: ReadonlyArray<Difference>
  /** Why no result of the stage can be kept; empty if one can. */
  readonly uncacheable: ReadonlyArray<string>
  /** The stage's code as it is now. */
  readonly code: FileNames & {
    /** Of its own implementation. */
    readonly digest: string
    /** Of its own and of its plugins. */
    readonly files: ReadonlyArray<NamedFile>
  }
  /**
   * The files of code as they were, by the digest of their list; null if they are no longer on
   * record.
   */
  readonly filesThen: (digest: string) => ReadonlyArray<NamedFile> | null
  /** The ids of the stages for which a source has still to be computed; empty if it has been. */
  readonly pending: (source: GraphSource) => ReadonlyArray<string>
  /** The logical digest of a source that has been computed. */
  readonly digest: (source: GraphSource) => string
}

/** A difference as a cause that lies in the stage itself. */
export const ownCause = ({ id }: Pick<GraphStage, "id">, { path, before, after }: Difference): Cause => ({
  component: printPath(path),
  before,
  after,
  root: id,
})

/** A cause that is not a part of a fingerprint. */
export const namedCause = ({ id }: Pick<GraphStage, "id">, component: string, after: Json = null): Cause => ({
  component,
  before: null,
  after,
  root: id,
})

/** Whether a path lies in this component. */
export const isIn = ([component]: ComponentPath, wanted: ComponentPath[0]): boolean => component === wanted
