import { Effect } from "effect"
import { Argument, Command, Flag } from "effect/cli"

/** The verbs, loaded when one is called: neither `--version` nor `--help` pays for a runtime. */
const verbs = Effect.promise(() => import("./verbs/index.ts"))

const json = Flag.Boolean("json").pipe(Flag.withDescription("Print JSON (run: one event a line)"), Flag.withDefault(false))

const pipelineArgument = Argument.String("pipeline").pipe(
  Argument.withDescription("File that exports a pipeline (default: the one that ran last)"),
  Argument.optional,
)

const pipelineFlag = Flag.String("pipeline").pipe(
  Flag.withAlias("p"),
  Flag.withDescription("File or name of a pipeline that has run (default: the last)"),
  Flag.optional,
)

const stage = Argument.String("stage").pipe(Argument.withDescription("Id of a stage, as `assay ls` and `assay plan` list them"))

const output = Flag.String("output").pipe(
  Flag.withAlias("o"),
  Flag.withDescription("One output of the stage (default: all of them)"),
  Flag.optional,
)

const set = Flag.String("set").pipe(
  Flag.withDescription(
    "With another value of a parameter: <stage>.<parameter>=<value>, where <stage> is an id or the name of a declaration; may be given several times",
  ),
  Flag.atLeast(0),
)

const init = Command.make(
  "init",
  {
    folder: Argument.String("folder").pipe(Argument.withDescription("Where to (default: here); made if there is none"), Argument.optional),
    json,
  },
  (options) => Effect.flatMap(verbs, ({ init }) => init(options)),
).pipe(
  Command.withDescription("Write a small project to begin with; files that are there stay as they are"),
  Command.withExamples([{ command: "assay init my-experiment", description: "Begin a project in a folder of its own" }]),
)

const run = Command.make(
  "run",
  {
    pipeline: Argument.String("pipeline").pipe(
      Argument.withDescription("File that exports a pipeline (default: the only one in the project)"),
      Argument.optional,
    ),
    set,
    json,
  },
  (options) => Effect.flatMap(verbs, ({ run }) => run(options)),
).pipe(
  Command.withDescription("Run what is not cached, and print what comes out"),
  Command.withExamples([{ command: "assay run pipelines/quickstart.ts", description: "Run a pipeline" }]),
)

const plan = Command.make(
  "plan",
  {
    pipeline: pipelineArgument,
    set,
    json,
  },
  (options) => Effect.flatMap(verbs, ({ plan }) => plan(options)),
).pipe(
  Command.withDescription("Say what a run would do, and why"),
  Command.withExamples([{ command: "assay plan --set optimize.steps=900", description: "See what a change would cost" }]),
)

const diff = Command.make(
  "diff",
  {
    before: Argument.String("before").pipe(
      Argument.withDescription("A run: its id or the start of it, a pipeline, or ~1 for the one before the last"),
    ),
    after: Argument.String("after").pipe(Argument.withDescription("Another run (default: the last one)"), Argument.optional),
    json,
  },
  (options) => Effect.flatMap(verbs, ({ diff }) => diff(options)),
).pipe(Command.withDescription("Say in what two runs differ, and that they differ in nothing else"))

const why = Command.make("why", { stage, pipeline: pipelineFlag, json }, (options) =>
  Effect.flatMap(verbs, ({ why }) => why(options)),
).pipe(Command.withDescription("Say why a stage would run: what changed, and where"))

const graph = Command.make(
  "graph",
  {
    pipeline: pipelineArgument,
    mermaid: Flag.Boolean("mermaid").pipe(Flag.withDescription("Print a Mermaid flowchart"), Flag.withDefault(false)),
    json,
  },
  (options) => Effect.flatMap(verbs, ({ graph }) => graph(options)),
).pipe(Command.withDescription("Print how the stages of a pipeline are wired"))

const ls = Command.make("ls", { pipeline: pipelineFlag, json }, (options) => Effect.flatMap(verbs, ({ ls }) => ls(options))).pipe(
  Command.withDescription("List the artifacts of the last run"),
)

const show = Command.make(
  "show",
  {
    stage,
    output,
    rows: Flag.Int("rows").pipe(
      Flag.withAlias("n"),
      Flag.withDescription("How many rows of each table to print (default: 10)"),
      Flag.withDefault(10),
    ),
    sql: Flag.String("sql").pipe(Flag.withDescription("One SELECT over the table, which it calls artifact"), Flag.optional),
    pipeline: pipelineFlag,
    json,
  },
  (options) => Effect.flatMap(verbs, ({ show }) => show(options)),
).pipe(
  Command.withDescription("Show what a stage made: first rows of tables, names of files"),
  Command.withExamples([
    { command: "assay show proxy", description: "Show what the stage called proxy made in the last run" },
    { command: 'assay show pairs --sql "select avg(score_chosen) from artifact"', description: "Ask a table a question" },
  ]),
)

const exportArtifacts = Command.make(
  "export",
  {
    stage,
    directory: Argument.String("directory").pipe(Argument.withDescription("Folder to write to; made if there is none")),
    output,
    format: Flag.Literals("format", ["files", "trl"]).pipe(
      Flag.withDescription("files: as they are (default); trl: preferences as TRL reads them, one JSON object a line"),
      Flag.withDefault("files" as const),
    ),
    pipeline: pipelineFlag,
    json,
  },
  (options) => Effect.flatMap(verbs, (verb) => verb.exportArtifacts(options)),
).pipe(
  Command.withDescription("Copy what a stage made to a folder, as ordinary files"),
  Command.withExamples([
    { command: "assay export reference ./policy", description: "A policy as transformers reads it" },
    { command: "assay export pairs ./pairs --format trl", description: "Preferences as TRL reads them" },
  ]),
)

const lineage = Command.make(
  "lineage",
  {
    artifact: Argument.String("artifact").pipe(
      Argument.withDescription("Id of the stage that made it, or the start of its digest, as a column policy_key holds it"),
    ),
    output,
    row: Flag.Int("row").pipe(Flag.withDescription("One row of it, counted from 0"), Flag.optional),
    pipeline: pipelineFlag,
    json,
  },
  (options) => Effect.flatMap(verbs, ({ lineage }) => lineage(options)),
).pipe(
  Command.withDescription("Say what an artifact, or a row of it, was made of: policy, judge, seed, corpus"),
  Command.withExamples([{ command: "assay lineage pairs --row 7", description: "Trace a preference back to the corpus" }]),
)

const replay = Command.make(
  "replay",
  {
    stage: Argument.String("stage").pipe(Argument.withDescription("Id of a stage that failed")),
    edited: Flag.Boolean("edited").pipe(
      Flag.withDescription("With the code that the stage has now, not the code that failed"),
      Flag.withDefault(false),
    ),
    here: Flag.Boolean("here").pipe(Flag.withDescription("In this process, so that a debugger can follow"), Flag.withDefault(false)),
    pipeline: pipelineFlag,
    json,
  },
  (options) => Effect.flatMap(verbs, ({ replay }) => replay(options)),
).pipe(Command.withDescription("Enter a failed stage again, with the inputs that it failed with"))

const verify = Command.make(
  "verify",
  {
    pipeline: pipelineArgument,
    sample: Flag.Int("sample").pipe(Flag.withDescription("So many stages (default: all)"), Flag.optional),
    seed: Flag.Int("seed").pipe(Flag.withDescription("Which sample"), Flag.withDefault(0)),
    json,
  },
  (options) => Effect.flatMap(verbs, ({ verify }) => verify(options)),
).pipe(Command.withDescription("Compute cached stages once more, and compare bit for bit"))

const pin = Command.make("pin", { stage: stage.pipe(Argument.optional), pipeline: pipelineFlag, json }, (options) =>
  Effect.flatMap(verbs, ({ pin }) => pin(options)),
).pipe(Command.withDescription("Keep what a stage made, whatever gc does; without a stage, list the pins"))

const unpin = Command.make(
  "unpin",
  { stage: Argument.String("stage").pipe(Argument.withDescription("Id of a stage, or a key")), json },
  (options) => Effect.flatMap(verbs, ({ unpin }) => unpin(options)),
).pipe(Command.withDescription("Take a pin away"))

const gc = Command.make(
  "gc",
  {
    runs: Flag.Int("runs").pipe(
      Flag.withDescription("How many of the last runs of each pipeline keep what they made (default: 3)"),
      Flag.withDefault(3),
    ),
    size: Flag.String("size").pipe(
      Flag.withDescription("Take away only what makes the store larger than this, such as 20GB (default: all that nothing keeps)"),
      Flag.optional,
    ),
    dryRun: Flag.Boolean("dry-run").pipe(Flag.withDescription("Only say what would go"), Flag.withDefault(false)),
    json,
  },
  (options) => Effect.flatMap(verbs, ({ gc }) => gc(options)),
).pipe(Command.withDescription("Take away what neither a recent run nor a pin keeps"))

const doctor = Command.make("doctor", { pipeline: pipelineArgument, json }, (options) =>
  Effect.flatMap(verbs, ({ doctor }) => doctor(options)),
).pipe(Command.withDescription("Say whether every stage can be cached, and how the store is"))

/** What can be typed. What it does is in `verbs/`. */
export const assay = Command.make("assay").pipe(
  Command.withDescription(
    `A typed dataflow language for preference-optimisation experiments

EXIT CODES
  0      done
  1      a stage failed
  2      the call, the pipeline file, a setting or a query is wrong
  3      a disk is full, or a file cannot be read or written
  4      a stored result is damaged
  70     a mistake in Assay
  130    interrupted`,
  ),
  Command.withSubcommands([init, run, plan, why, diff, graph, ls, show, exportArtifacts, lineage, replay, verify, pin, unpin, gc, doctor]),
)
