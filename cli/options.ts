/** The arguments and flags of every verb. */

import { Argument, type Command, Flag } from "effect/cli"

/** What a verb receives: the values of its arguments and flags. */
export type Options<Verb extends keyof typeof options> = Command.Command.Config.Infer<(typeof options)[Verb]>

const json = Flag.Boolean("json").pipe(Flag.withDescription("Print JSON"), Flag.withDefault(false))

const csv = Flag.Boolean("csv").pipe(Flag.withDescription("Print rows as CSV, all columns whole"), Flag.withDefault(false))

const wide = Flag.Boolean("wide").pipe(
  Flag.withDescription("Print each row as a block of lines, with long texts whole"),
  Flag.withDefault(false),
)

const jsonEvents = Flag.Boolean("json").pipe(Flag.withDescription("Print events as JSON, one per line"), Flag.withDefault(false))

const pipelineFile = Argument.String("pipeline").pipe(
  Argument.withDescription("File that exports a pipeline (default: that of the latest run)"),
  Argument.optional,
)

const pipeline = Flag.String("pipeline").pipe(
  Flag.withAlias("p"),
  Flag.withDescription("File or name of a pipeline that has run (default: the latest)"),
  Flag.optional,
)

const stage = Argument.String("stage").pipe(Argument.withDescription("Id of a stage, as listed by `assay ls` and `assay plan`"))

const output = Flag.String("output").pipe(
  Flag.withAlias("o"),
  Flag.withDescription("One output of the stage (default: all; --sql and lineage need one where there are several)"),
  Flag.optional,
)

const set = Flag.String("set").pipe(
  Flag.withDescription(
    "Override a parameter: <stage>.<parameter>=<value>, where <stage> is the id of a stage or the name of a declaration; repeatable",
  ),
  Flag.atLeast(0),
)

const pastRun = Argument.String("run").pipe(
  Argument.withDescription(
    "Id of a run or the start of it, ~1 for the run before the latest, or a pipeline's name or file (default: the latest run)",
  ),
  Argument.optional,
)

export const options = {
  init: {
    folder: Argument.String("folder").pipe(
      Argument.withDescription("Folder to write to (default: the working directory); created if it does not exist"),
      Argument.optional,
    ),
    json,
  },
  run: {
    pipeline: Argument.String("pipeline").pipe(
      Argument.withDescription("File that exports a pipeline (default: the project's only one)"),
      Argument.optional,
    ),
    set,
    refresh: Flag.String("refresh").pipe(
      Flag.withDescription("Ask a recorded stage again, though its answers are kept: its id, with * for any part of it; repeatable"),
      Flag.atLeast(0),
    ),
    cluster: Flag.Boolean("cluster").pipe(
      Flag.withDescription("Have the workers of ASSAY_DATABASE_URL compute it, and watch; it goes on without this command"),
      Flag.withDefault(false),
    ),
    metrics: Flag.String("metrics").pipe(
      Flag.withDescription(
        "Append the metrics of every step to this file while the run goes on, one JSON object per line; - prints them, and nothing else, on stdout",
      ),
      Flag.optional,
    ),
    tensorboard: Flag.String("tensorboard").pipe(
      Flag.withDescription("Write them to this folder for TensorBoard while the run goes on"),
      Flag.optional,
    ),
    json: jsonEvents,
  },
  plan: { pipeline: pipelineFile, set, csv, json },
  register: { pipeline: pipelineFile, json },
  why: { stage, pipeline, json },
  diff: {
    before: Argument.String("before").pipe(
      Argument.withDescription("A run: its id or the start of it, a pipeline's name or file, or ~1 for the run before the latest"),
    ),
    after: Argument.String("after").pipe(Argument.withDescription("Another run (default: the latest)"), Argument.optional),
    csv,
    json,
  },
  power: {
    pipeline: pipelineFile,
    target: Flag.Finite("target").pipe(
      Flag.withDescription("The effect that each claim should be able to find, in the unit of its quantity (default: 0.03)"),
      Flag.withDefault(0.03),
    ),
    csv,
    json,
  },
  graph: {
    pipeline: pipelineFile,
    mermaid: Flag.Boolean("mermaid").pipe(Flag.withDescription("Print a Mermaid flowchart"), Flag.withDefault(false)),
    json,
  },
  runs: {
    running: Flag.Boolean("running").pipe(Flag.withDescription("List only runs in progress"), Flag.withDefault(false)),
    limit: Flag.Int("limit").pipe(
      Flag.withAlias("n"),
      Flag.withDescription("Number of runs to list, the newest (default: 20)"),
      Flag.withDefault(20),
    ),
    csv,
    json,
  },
  ls: {
    pipeline,
    time: Flag.Boolean("time").pipe(
      Flag.withDescription("Add what each stage took, and whether it was cached in this run"),
      Flag.withDefault(false),
    ),
    csv,
    json,
  },
  profile: {
    run: pastRun,
    rows: Flag.Int("rows").pipe(
      Flag.withAlias("n"),
      Flag.withDescription("Number of the slowest stages to list (default: 10)"),
      Flag.withDefault(10),
    ),
    csv,
    json,
  },
  show: {
    stage: Argument.String("stage").pipe(
      Argument.withDescription(
        "Id of a stage; without the axes of its sweeps, or with a * in quotes, the tables of all such stages as one. Not needed with --sql",
      ),
      Argument.optional,
    ),
    output,
    rows: Flag.Int("rows").pipe(
      Flag.withAlias("n"),
      Flag.withDescription("Number of rows to print of each table (default: 10, with --csv all)"),
      Flag.optional,
    ),
    sql: Flag.String("sql").pipe(
      Flag.withDescription("One SELECT over tables of the run, by the ids of their stages; that of the stage is also called artifact"),
      Flag.optional,
    ),
    pipeline,
    wide,
    csv,
    json,
  },
  compare: {
    stages: Argument.String("stage").pipe(
      Argument.withDescription("Ids of stages that have responses, evaluations or pairs: the first, and what is compared with it"),
      Argument.atLeast(1),
    ),
    order: Flag.Literals("order", ["prompt", "gain", "disagreement", "longest", "shortest", "log-ratio"]).pipe(
      Flag.withDescription(
        "Which prompts come first: as in the table, or by the last stage: by its gain over the first (default of evaluations), by the disagreement of gold and proxy, by length, or by the token whose log-ratio to the reference is largest",
      ),
      Flag.optional,
    ),
    rows: Flag.Int("rows").pipe(Flag.withAlias("n"), Flag.withDescription("Number of prompts (default: 5)"), Flag.withDefault(5)),
    step: Flag.Int("step").pipe(Flag.withDescription("The checkpoint (default: the last)"), Flag.optional),
    against: Flag.String("against").pipe(
      Flag.withDescription("The opponent that outcomes are about, where there are several (default: the reference)"),
      Flag.optional,
    ),
    search: Flag.String("search").pipe(Flag.withDescription("Only prompts that contain this, or whose response does"), Flag.optional),
    pipeline,
    csv,
    json,
  },
  exportArtifacts: {
    stage: Argument.String("stage").pipe(
      Argument.withDescription(
        "Id of a stage, as listed by `assay ls`, or a pattern in quotes such as 'arms.*': then every stage that matches gets a folder of its own",
      ),
    ),
    directory: Argument.String("directory").pipe(Argument.withDescription("Folder to write to; created if it does not exist")),
    output,
    format: Flag.Literals("format", [
      "files",
      "parquet",
      "csv",
      "jsonl",
      "datasets",
      "trl",
      "trl-implicit",
      "trl-conversational",
      "kto",
      "tensorboard",
      "png",
    ]).pipe(
      Flag.withDescription(
        "files: as stored (default). Tables: parquet, csv, jsonl, or datasets, a folder with a card for Hugging Face's datasets. Preferences, one JSON object per line: trl (explicit), trl-implicit, trl-conversational, kto (unpaired). Metrics: tensorboard. Figures: png",
      ),
      Flag.withDefault("files" as const),
    ),
    png: Flag.Boolean("png").pipe(Flag.withDescription("The same as --format png: figures as pictures"), Flag.withDefault(false)),
    tokenIds: Flag.Boolean("token-ids").pipe(
      Flag.withDescription("With TRL's forms: add the token ids of the responses, as the table has them"),
      Flag.withDefault(false),
    ),
    pipeline,
    json,
  },
  lineage: {
    artifact: Argument.String("artifact").pipe(
      Argument.withDescription("Id of the stage that made it, or the start of its digest (the value of a policy_key column)"),
    ),
    output,
    row: Flag.Int("row").pipe(Flag.withDescription("One row of it, counted from 0"), Flag.optional),
    pipeline,
    json,
  },
  report: {
    run: pastRun,
    output: Flag.String("output").pipe(
      Flag.withAlias("o"),
      Flag.withDescription("File to write, which must not exist (default: <pipeline>.html, which is replaced)"),
      Flag.optional,
    ),
    json,
  },
  ui: {
    port: Flag.Int("port").pipe(Flag.withDescription("Port to listen on (default: a free one)"), Flag.optional),
    host: Flag.String("host").pipe(
      Flag.withDescription("IP address to listen on (default: 127.0.0.1, which only this machine reaches)"),
      Flag.withDefault("127.0.0.1"),
    ),
    open: Flag.Boolean("open").pipe(
      Flag.withDescription("Open it in the browser (default; --no-open only prints the address)"),
      Flag.withDefault(true),
    ),
    json,
  },
  replay: {
    stage: Argument.String("stage").pipe(Argument.withDescription("Id of a stage that failed")),
    edited: Flag.Boolean("edited").pipe(
      Flag.withDescription("Run the stage's current code instead of the code that failed"),
      Flag.withDefault(false),
    ),
    here: Flag.Boolean("here").pipe(Flag.withDescription("Run it in this process, for a debugger"), Flag.withDefault(false)),
    pipeline,
    json,
  },
  verify: {
    pipeline: pipelineFile,
    sample: Flag.Int("sample").pipe(Flag.withDescription("Number of stages to verify (default: all)"), Flag.optional),
    seed: Flag.Int("seed").pipe(Flag.withDescription("Seed that selects the sample (default: 0)"), Flag.withDefault(0)),
    csv,
    json,
  },
  pin: { stage: stage.pipe(Argument.optional), pipeline, csv, json },
  unpin: { stage: Argument.String("stage").pipe(Argument.withDescription("Id of a stage, or a key")), json },
  gc: {
    runs: Flag.Int("runs").pipe(
      Flag.withDescription("Number of recent runs of each pipeline whose results are kept (default: 3)"),
      Flag.withDefault(3),
    ),
    size: Flag.String("size").pipe(
      Flag.withDescription("Delete only until the store is no larger than this, such as 20GB (default: delete all that is not kept)"),
      Flag.optional,
    ),
    dryRun: Flag.Boolean("dry-run").pipe(Flag.withDescription("Say what would be deleted, and delete nothing"), Flag.withDefault(false)),
    json,
  },
  push: {
    run: pastRun,
    to: Flag.String("to").pipe(
      Flag.withDescription("Store to copy to: s3://bucket/prefix, file:///folder or a folder (default: the one that ASSAY_STORE names)"),
      Flag.optional,
    ),
    json,
  },
  pull: {
    run: pastRun,
    from: Flag.String("from").pipe(
      Flag.withDescription("Store to copy from: s3://bucket/prefix, file:///folder or a folder (default: the one that ASSAY_STORE names)"),
      Flag.optional,
    ),
    json,
  },
  engine: { json },
  engineInstall: {
    engine: Argument.Literals("engine", ["tensorflow", "cuda"]).pipe(
      Argument.withDescription("tensorflow: TensorFlow's library for Node. cuda: ONNX Runtime's provider for NVIDIA's GPUs"),
    ),
    gpu: Flag.Boolean("gpu").pipe(Flag.withDescription("With tensorflow: the build for NVIDIA's GPUs"), Flag.withDefault(false)),
    json,
  },
  engineRemove: {
    engine: Argument.Literals("engine", ["tensorflow", "cuda"]).pipe(Argument.withDescription("What was installed: tensorflow or cuda")),
    gpu: Flag.Boolean("gpu").pipe(Flag.withDescription("With tensorflow: the build for NVIDIA's GPUs"), Flag.withDefault(false)),
    json,
  },
  doctor: { pipeline: pipelineFile, json },
  worker: {
    label: Flag.String("label").pipe(
      Flag.withDescription("A label of this worker: stages that declare it come here; repeatable"),
      Flag.atLeast(0),
    ),
    untilIdle: Flag.Boolean("until-idle").pipe(
      Flag.withDescription("End when there has been nothing to do for a while, as a job of a scheduler should"),
      Flag.withDefault(false),
    ),
    idleSeconds: Flag.Finite("idle-seconds").pipe(
      Flag.withDescription("With --until-idle: for how long (default: 30)"),
      Flag.withDefault(30),
    ),
  },
  workers: { csv, json },
  cancel: {
    run: Argument.String("run").pipe(Argument.withDescription("Id of a run that the cluster computes, or the start of it")),
    json,
  },
}
