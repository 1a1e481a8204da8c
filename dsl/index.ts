/** The language: declare stages, wire them into a pipeline, vary and exchange their inputs. Imported as `assay`. */

export type { Artifact, ArtifactType, FilesType, TableType } from "./artifact.ts"
export { File, file, files, table } from "./artifact.ts"
export type { Column, Columns, ColumnType, Row } from "./column.ts"
export { DeclarationError } from "./error.ts"
export type {
  Context,
  EngineSetting,
  FileContent,
  FilesInput,
  FilesOutput,
  InputMember,
  Resume,
  Run,
  TableInput,
  TableOutput,
} from "./implementation.ts"
export type { Pipeline } from "./pipeline.ts"
export { named, pipeline } from "./pipeline.ts"
export type { Port } from "./port.ts"
export { anyNumber, many, oneOf, optional } from "./port.ts"
export { Schema } from "./schema.ts"
export type { Read, Stage, Yield } from "./stage.ts"
export { stage } from "./stage.ts"
export { StageError } from "./stage-error.ts"
export { swap } from "./swap.ts"
export type { Sweep } from "./sweep.ts"
export { sweep } from "./sweep.ts"
