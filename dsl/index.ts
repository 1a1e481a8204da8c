/**
 * The language, imported as `assay`: declare stages, call them in a pipeline, sweep parameters,
 * swap inputs.
 */

export type { Artifact, ArtifactType, FilesType, TableType } from "./artifact.ts"
export { File, file, files, table } from "./artifact.ts"
export type { Json, JsonObject } from "./canonical.ts"
export type { Check, DeclaredSource, DeclaredStage } from "./check.ts"
export type { Column, Columns, ColumnType, Row } from "./column.ts"
export {
  type Asking,
  type Command,
  type CommandOptions,
  type Connection,
  type ConnectionRequest,
  type EnvironmentPart,
  type Program,
  type ProgramOptions,
  program,
  type Server,
  type ServerOptions,
  server,
} from "./connection.ts"
export {
  declarePlugin,
  type PluginConstructor,
  type PluginOptions,
  type PluginParameters,
  plugin,
  pluginParameter,
} from "./declare-plugin.ts"
export { type EngineName, type EngineSetting, engineNames } from "./engine-setting.ts"
export { DeclarationError } from "./error.ts"
export type {
  Answers,
  CommandRun,
  Context,
  FileContent,
  FilesInput,
  FilesOutput,
  InputMember,
  NewContent,
  Resume,
  Run,
  TableInput,
  TableOutput,
  WrittenOutput,
} from "./implementation.ts"
export type { Fields, ParameterValues } from "./parameters.ts"
export type { Pipeline } from "./pipeline.ts"
export { named, pipeline } from "./pipeline.ts"
export type { Plugin, PluginDeclaration, PluginValue } from "./plugin.ts"
export type { Port } from "./port.ts"
export { anyNumber, many, oneOf, optional } from "./port.ts"
export type { Read, Reads } from "./reads.ts"
export { Schema } from "./schema.ts"
export type { Stage, Yield } from "./stage.ts"
export { stage } from "./stage.ts"
export { StageError } from "./stage-error.ts"
export { swap } from "./swap.ts"
export type { Sweep } from "./sweep.ts"
export { sweep } from "./sweep.ts"
