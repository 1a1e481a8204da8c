import { Effect } from "effect"
import { Command } from "effect/cli"
import { options } from "./options.ts"

/**
 * The verbs, imported when one is called, so that `--version` and `--help` do not load the runtime.
 */
const verbs = Effect.promise(() => import("./verbs/index.ts"))

/** Those that not every command should load: what they need is large. */
const uiVerb = Effect.promise(() => import("./verbs/ui.ts"))
const compareVerb = Effect.promise(() => import("./verbs/compare.ts"))
const reportVerb = Effect.promise(() => import("./verbs/report.ts"))
const transferVerbs = Effect.promise(() => import("./verbs/transfer.ts"))
const engineVerbs = Effect.promise(() => import("./verbs/engine/index.ts"))
const clusterVerbs = Effect.promise(() => import("./verbs/cluster/index.ts"))

const init = Command.make("init", options.init, (values) => Effect.flatMap(verbs, ({ init }) => init(values))).pipe(
  Command.withDescription("Write a first project; existing files are kept"),
  Command.withExamples([{ command: "assay init my-experiment", description: "Write it to a folder of its own" }]),
)

const run = Command.make("run", options.run, (values) => Effect.flatMap(verbs, ({ run }) => run(values))).pipe(
  Command.withDescription("Run the stages that are not cached, and print the results"),
  Command.withExamples([
    { command: "assay run pipelines/quickstart.ts", description: "Run a pipeline" },
    { command: "assay run pipelines/quickstart.ts --metrics metrics.ndjson", description: "Run it, and follow its losses in a file" },
  ]),
)

const plan = Command.make("plan", options.plan, (values) => Effect.flatMap(verbs, ({ plan }) => plan(values))).pipe(
  Command.withDescription("Show what a run would do, and why"),
  Command.withExamples([{ command: "assay plan --set optimize.steps=900", description: "See what a change would cost" }]),
)

const register = Command.make("register", options.register, (values) => Effect.flatMap(verbs, ({ register }) => register(values))).pipe(
  Command.withShortDescription("Write down claims, study and code before the first run"),
  Command.withDescription("Write a hash of claims, study and code beside the pipeline, so that later runs can be held against it"),
  Command.withExamples([
    { command: "assay register pipelines/quickstart.ts", description: "Register a study; then commit and push the file" },
  ]),
)

const why = Command.make("why", options.why, (values) => Effect.flatMap(verbs, ({ why }) => why(values))).pipe(
  Command.withDescription("Explain why a stage would run: what changed, and where"),
  Command.withExamples([{ command: "assay why figure", description: "See which change reaches the figure" }]),
)

const diff = Command.make("diff", options.diff, (values) => Effect.flatMap(verbs, ({ diff }) => diff(values))).pipe(
  Command.withDescription("Show in what two runs differ, and prove that nothing else does"),
  Command.withExamples([{ command: "assay diff ~1", description: "Compare the latest run with the one before" }]),
)

const power = Command.make("power", options.power, (values) => Effect.flatMap(verbs, ({ power }) => power(values))).pipe(
  Command.withShortDescription("Show which effects claims can find, and what more would take"),
  Command.withDescription(
    "Show the smallest effect that each claim can find with power 0.8, and the cheapest design that finds the target",
  ),
  Command.withExamples([{ command: "assay power --target 0.02", description: "Plan a study from the latest run, a pilot" }]),
)

const graph = Command.make("graph", options.graph, (values) => Effect.flatMap(verbs, ({ graph }) => graph(values))).pipe(
  Command.withDescription("Print how the stages of a pipeline are wired"),
  Command.withExamples([{ command: "assay graph --mermaid > pipeline.mmd", description: "Draw the latest pipeline" }]),
)

const runs = Command.make("runs", options.runs, (values) => Effect.flatMap(verbs, ({ runs }) => runs(values))).pipe(
  Command.withShortDescription("List runs, and what those in progress compute"),
  Command.withDescription("List the runs of the store, newest first; of those in progress, where they run and what they compute"),
  Command.withExamples([{ command: "assay runs --running", description: "See what is being computed, also by other processes" }]),
)

const ls = Command.make("ls", options.ls, (values) => Effect.flatMap(verbs, ({ ls }) => ls(values))).pipe(
  Command.withDescription("List the artifacts of the latest run"),
  Command.withExamples([{ command: "assay ls --pipeline quickstart", description: "List those of one pipeline" }]),
)

const profile = Command.make("profile", options.profile, (values) => Effect.flatMap(verbs, ({ profile }) => profile(values))).pipe(
  Command.withShortDescription("Show where the time of a run went"),
  Command.withDescription("Show where the time of a run went: by kind of stage, the slowest stages, and what was cached"),
  Command.withExamples([{ command: "assay profile", description: "See what took longest in the latest run" }]),
)

const show = Command.make("show", options.show, (values) => Effect.flatMap(verbs, ({ show }) => show(values))).pipe(
  Command.withDescription("Show the outputs of a stage: first rows of tables, names of files"),
  Command.withExamples([
    { command: "assay show proxy", description: "Show what the stage proxy made in the latest run" },
    { command: 'assay show pairs --sql "select avg(score_chosen) from artifact"', description: "Query a table" },
  ]),
)

const compare = Command.make("compare", options.compare, (values) => Effect.flatMap(compareVerb, ({ compare }) => compare(values))).pipe(
  Command.withShortDescription("Show prompts with the responses of several stages"),
  Command.withDescription("Show prompts with the responses of several stages side by side, and their scores"),
  Command.withExamples([
    { command: "assay compare arms.seed=1.offline arms.seed=1.online", description: "See where online gains most over offline" },
  ]),
)

const exportArtifacts = Command.make("export", options.exportArtifacts, (values) =>
  Effect.flatMap(verbs, ({ exportArtifacts }) => exportArtifacts(values)),
).pipe(
  Command.withDescription("Copy the outputs of a stage to a folder, as ordinary files"),
  Command.withExamples([
    { command: "assay export reference ./policy", description: "Export a policy for transformers" },
    { command: "assay export pairs ./pairs --format trl", description: "Export preferences for TRL" },
    { command: "assay export '*' ./logs --format tensorboard", description: "Export all metrics of a run for TensorBoard" },
  ]),
)

const lineage = Command.make("lineage", options.lineage, (values) => Effect.flatMap(verbs, ({ lineage }) => lineage(values))).pipe(
  Command.withShortDescription("Show what an artifact or a row of it was made from"),
  Command.withDescription("Show what an artifact or a row of it was made from: policy, judge, seed, corpus"),
  Command.withExamples([{ command: "assay lineage pairs --row 7", description: "Trace a preference back to the corpus" }]),
)

const report = Command.make("report", options.report, (values) => Effect.flatMap(reportVerb, ({ report }) => report(values))).pipe(
  Command.withShortDescription("Write a run as one HTML file"),
  Command.withDescription(
    "Write a run as one HTML file that opens without a network: question, verdicts, figures with their data, generations, provenance",
  ),
  Command.withExamples([{ command: "assay report --output report.html", description: "Write the latest run, to send it to somebody" }]),
)

const ui = Command.make("ui", options.ui, (values) => Effect.flatMap(uiVerb, ({ ui }) => ui(values))).pipe(
  Command.withShortDescription("Show runs, artifacts and generations in a browser"),
  Command.withDescription("Serve a page on this machine that shows runs, artifacts, generations and curves, also while they are made"),
  Command.withExamples([{ command: "assay ui", description: "Open it in the browser" }]),
)

const replay = Command.make("replay", options.replay, (values) => Effect.flatMap(verbs, ({ replay }) => replay(values))).pipe(
  Command.withDescription("Run a failed stage again, with the inputs that it failed with"),
  Command.withExamples([{ command: "assay replay online --edited", description: "See whether a fix works" }]),
)

const verify = Command.make("verify", options.verify, (values) => Effect.flatMap(verbs, ({ verify }) => verify(values))).pipe(
  Command.withDescription("Recompute cached stages, and compare the results bit for bit"),
  Command.withExamples([{ command: "assay verify --sample 3", description: "Verify three stages of the latest pipeline" }]),
)

const pin = Command.make("pin", options.pin, (values) => Effect.flatMap(verbs, ({ pin }) => pin(values))).pipe(
  Command.withDescription("Protect a stage's result from gc; without a stage, list the pins"),
  Command.withExamples([{ command: "assay pin figure", description: "Keep the figure of the latest run" }]),
)

const unpin = Command.make("unpin", options.unpin, (values) => Effect.flatMap(verbs, ({ unpin }) => unpin(values))).pipe(
  Command.withDescription("Remove a pin"),
  Command.withExamples([{ command: "assay unpin figure", description: "Let gc delete the figure again" }]),
)

const gc = Command.make("gc", options.gc, (values) => Effect.flatMap(verbs, ({ gc }) => gc(values))).pipe(
  Command.withDescription("Delete results that neither a recent run nor a pin keeps"),
  Command.withExamples([{ command: "assay gc --runs 1 --dry-run", description: "See what only the latest runs would keep" }]),
)

const push = Command.make("push", options.push, (values) => Effect.flatMap(transferVerbs, ({ push }) => push(values))).pipe(
  Command.withShortDescription("Copy a run with its results to another store"),
  Command.withDescription("Copy a run with its results to another store, such as one that machines share; nothing there is overwritten"),
  Command.withExamples([{ command: "assay push --to s3://bucket/team", description: "Share the latest run" }]),
)

const pull = Command.make("pull", options.pull, (values) => Effect.flatMap(transferVerbs, ({ pull }) => pull(values))).pipe(
  Command.withShortDescription("Copy a run with its results from another store"),
  Command.withDescription("Copy a run with its results from another store, such as a colleague's; nothing here is overwritten"),
  Command.withExamples([
    { command: "assay pull quickstart --from s3://bucket/team", description: "Fetch a colleague's latest run of a pipeline" },
  ]),
)

const worker = Command.make("worker", options.worker, (values) => Effect.flatMap(clusterVerbs, ({ worker }) => worker(values))).pipe(
  Command.withShortDescription("Compute stages of other machines' runs"),
  Command.withDescription("Join the cluster of ASSAY_DATABASE_URL: compute stages that fit this machine, for runs of the same store"),
  Command.withExamples([
    { command: "assay worker", description: "Work until Ctrl-C" },
    { command: "assay worker --label big-disk --until-idle", description: "Work until nothing is left, as a job of a scheduler" },
  ]),
)

const workers = Command.make("workers", options.workers, (values) => Effect.flatMap(clusterVerbs, ({ workers }) => workers(values))).pipe(
  Command.withDescription("List the workers of the cluster, and what they compute"),
  Command.withExamples([{ command: "assay workers", description: "See who is there" }]),
)

const cancel = Command.make("cancel", options.cancel, (values) => Effect.flatMap(clusterVerbs, ({ cancel }) => cancel(values))).pipe(
  Command.withDescription("End a run that the cluster computes"),
  Command.withExamples([{ command: "assay cancel 2026-05-01", description: "End the run whose id begins so" }]),
)

const engine = Command.make("engine", options.engine, (values) => Effect.flatMap(engineVerbs, ({ engine }) => engine(values))).pipe(
  Command.withShortDescription("List engines, and install or remove them"),
  Command.withDescription(
    "List the engines that compute tensors, with version and folder; install or remove those that do not come with Assay",
  ),
  Command.withExamples([{ command: "assay engine", description: "See what is installed" }]),
  Command.withSubcommands([
    Command.make("install", options.engineInstall, (values) =>
      Effect.flatMap(engineVerbs, ({ engineInstall }) => engineInstall(values)),
    ).pipe(
      Command.withShortDescription("Build an engine from packages of npm and PyPI"),
      Command.withDescription(
        "Build an engine in the user's cache from packages of npm and PyPI, of pinned versions and hashes. Linux on x64; needs python3 with pip, and g++ for tensorflow",
      ),
      Command.withExamples([
        { command: "assay engine install tensorflow", description: "TensorFlow on the CPU: a download of 232 MB" },
        { command: "assay engine install tensorflow --gpu", description: "TensorFlow for NVIDIA's GPUs: 2.5 GB" },
        { command: "assay engine install cuda", description: "ONNX Runtime's provider for CUDA: 1.6 GB" },
      ]),
    ),
    Command.make("remove", options.engineRemove, (values) => Effect.flatMap(engineVerbs, ({ engineRemove }) => engineRemove(values))).pipe(
      Command.withDescription("Remove an engine that was installed"),
      Command.withExamples([{ command: "assay engine remove tensorflow", description: "Free its half gigabyte" }]),
    ),
  ]),
)

const doctor = Command.make("doctor", options.doctor, (values) => Effect.flatMap(verbs, ({ doctor }) => doctor(values))).pipe(
  Command.withShortDescription("Check that stages can be cached, and engines work"),
  Command.withDescription("Check that every stage can be cached, the state of the store, and which engines work"),
  Command.withExamples([{ command: "assay doctor pipelines/quickstart.ts", description: "Check a pipeline before it runs" }]),
)

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
  Command.withSubcommands([
    init,
    run,
    plan,
    register,
    why,
    diff,
    power,
    graph,
    runs,
    ls,
    profile,
    show,
    compare,
    exportArtifacts,
    lineage,
    report,
    ui,
    replay,
    verify,
    pin,
    unpin,
    push,
    pull,
    gc,
    worker,
    workers,
    cancel,
    engine,
    doctor,
  ]),
)
