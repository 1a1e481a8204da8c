/**
 * What the tags of failed stages mean, and what to do. The reference fails to build where a tag is
 * missing here.
 */
export const meanings: Readonly<Record<string, readonly [meaning: string, remedy: string]>> = {
  AccessDenied: [
    "The stage reached for a file, a process or a native add-on that it has not declared.",
    "Add it to `reads` in the stage's declaration, or do without.",
  ],
  Adapter: [
    "Adapters cannot be added to a policy, or those that it has are not what Assay computes.",
    "The message says what the policy has: choose `targets` among it, or merge its adapters by `mergeAdapters`.",
  ],
  ChatTemplate: [
    "The chat template of a policy's tokenizer is missing, cannot be parsed, or refuses a prompt.",
    'Import the policy with `prompts: "text"`, or mend the `chat_template` of its `tokenizer_config.json`.',
  ],
  Columns: ["A mapping names columns that do not go together.", "Give `prompt` and `response`, or `messages` alone."],
  CommandFailed: [
    "The program of a command stage ended with an exit code other than 0, or by a signal.",
    "The message has the last that it printed, and the record of the failure more; `assay replay` runs it again.",
  ],
  CommandNotStarted: [
    "The program of a command stage was not found, or is not executable.",
    "Install it, or name it in `run` by its path from the project root.",
  ],
  ArchitectureShape: [
    "An architecture of a user's own does not describe a model.",
    "Return a `Configuration` whose `output` is a weight [vocabulary, width] and whose `config` has the `model_type`.",
  ],
  ContextTooShort: [
    "The policy's or judge's context has no room for a single token of a response.",
    "Use a model with a larger `context`, or shorter prompts.",
  ],
  Died: [
    "The stage's process ended without a result: it was killed, ran out of memory or called `process.exit`.",
    "Look at what it printed in the record of the failure; declare `memory`, or give it smaller batches.",
  ],
  Diverged: ["The loss or the gradient is not a finite number any more.", "Lower the learning rate, or raise β."],
  DoesNotAddUp: ["The components of a gap do not add up to it.", "Take all of them from the same runs, at the same KL."],
  EnvironmentChanged: [
    "A version command prints something else than where the pipeline was read: on another machine, or after an upgrade.",
    "Install the same version there; or run again here, which gives the result a key of its own.",
  ],
  InputChanged: ["A file from outside was edited while the stage read it.", "Run again; the new content gets a key of its own."],
  JudgeFiles: [
    "The folder of a judge lacks a file that its `judge.json` names, or the file does not hold what it should.",
    "Use a folder as Assay wrote it.",
  ],
  LossShape: [
    "A loss returned something else than one number for each pair.",
    "Return a float32 tensor of shape `[pairs]`: the mean over pairs is taken by the learner.",
  ],
  MalformedFile: [
    "An imported file cannot be read, or a row of it is not of its format.",
    "Fix the `row` and `field` that the details name, name other `columns`, or choose another `format`.",
  ],
  NetworkDenied: [
    "The stage used the network without declaring it.",
    'Add `"network"` to `reads` in the stage\'s declaration, and a `readsAs` if its result should be kept.',
  ],
  NoAnswers: [
    "No prompt of the split that is evaluated has stored answers of every opponent.",
    "Draw `answers` with `sample` from the same prompts, with the `split` that `evaluate` has.",
  ],
  NoCheckpoint: ["The run kept no policy at the step asked for.", "Ask for one of the `steps` in the details."],
  NoClaims: ["No claim is of the family asked for.", "Choose another `family`, or mark claims with it."],
  NoConnection: [
    "A judge or a stage asks a server or a program, and declares none.",
    "Declare `connect` by `server({ … })` or `program({ … })`.",
  ],
  NoCommand: ["A stage runs the program of a command, and declares none.", "Declare it by `command({ … })`."],
  NoHeldOutLoss: ["The policy has no loss on held-out text.", "Give one that `sft` has trained on a text with a test split."],
  NoObservations: ["There is nothing to compute an interval of.", "Evaluate on at least one prompt, with at least one seed."],
  NoOpponent: ["There is nothing to compare checkpoints with.", "Pass a policy as `opponent`, or stored responses of one as `answers`."],
  NoPairs: ["No labelled pair is left.", 'Sample at least two responses per prompt, or keep ties (`ties: "mark"`).'],
  NoPlugin: [
    "A stage asks for code that it was not given, such as the scorer of a judge that is a file from outside.",
    "Pass a judge made by `scorer()` or by training, with your files as inputs of the scorer.",
  ],
  NoPoints: ["There is nothing to draw.", "Give the figure evaluations or classifications of at least one checkpoint."],
  NoPrompts: [
    "The table of prompts has no row of the split asked for, or no prompt is left of an imported file.",
    "Choose the other split, or add prompts to it; the message counts what an import left out.",
  ],
  NoScores: ["The pairs carry no scores, because their judge only compares.", "Label them by a judge that scores responses one by one."],
  NoSuchArm: [
    "A claim names an arm that does not exist, or more than one.",
    "Name one of the arms in the message, and enough axes in `at` to single it out.",
  ],
  NoSuchAxis: ["A run has no axis of that name.", "Use an axis of the sweep around the arms."],
  NoSuchOpponent: [
    "An arm was not played against the opponent that a claim names.",
    "Use a name that `evaluate` was given in `opponent` or `answers`.",
  ],
  NoSentence: ["A finding has no sentence for the verdict that its claim got.", "Give a sentence for every verdict."],
  NoSuchClaim: ["No claim has the text that a finding or a table asks for.", "Use one of the texts in the message."],
  NoSuchColumn: ["A table of claims has no such column.", "Use one of the columns in the message."],
  NoSuchSection: ["A note of a report is for a section that the report does not have.", "Use one of the section names in the message."],
  NoSuchSource: ["No pairs come from the source asked for.", "Use one of the sources in the message."],
  NoText: [
    "The tokenizer has no text to train on, or an import left out every passage of its file.",
    "Give at least one passage that is not empty; the message counts what an import left out.",
  ],
  NotAPolicy: ["The files are not those of a policy, or are damaged.", "Use a folder that `sft`, `importPolicy` or `transformers` wrote."],
  NotARewardModel: [
    "The imported model is not one with one score: it is a language model, or has another number of labels.",
    "Import a model for sequence classification with one label, or train one by `preferenceModel`.",
  ],
  NotAStream: [
    "The pairs of a recorded step are not as many as a batch.",
    "Replay a stream with the batch size that it was recorded with.",
  ],
  NotAllPairs: ["Best of n needs every pair of a prompt's responses.", 'Label them with `pairing: "all"`.'],
  NotAnswered: [
    "A server or a program has not answered a request: it refused it, or failed as often as its `retries` allow.",
    "See the message. What was answered before is kept, so that the next run asks for the rest.",
  ],
  NotAwaited: ["The stage wrote to an output after its `run` had returned.", "Await every call of an output."],
  NotComparable: [
    "Two policies, or a policy and stored responses, have different tokenizers or shapes, so they cannot be compared.",
    "Use the policy that the run started from as its reference, and opponents with its tokenizer.",
  ],
  NotEnoughGpus: [
    "The stage declares more GPUs than all stages together may use.",
    "Run it on a cluster where a worker has them, or raise `ASSAY_GPUS`.",
  ],
  NotEnoughMemory: ["The stage declares more memory than all stages together may use.", "Raise `ASSAY_MEMORY`, or declare less."],
  NotFinite: ["A value that is drawn or averaged is infinite or not a number.", "Look at the arm and step in the details."],
  NothingToTrain: [
    "No pair of the run had a weight: all are ties, or their difference was truncated away.",
    "Use pairs that are not ties, shorter responses, or a larger `context`.",
  ],
  OneClass: ["All passages to fit a classifier to have one label.", "Choose a `positive` kind that some passages have and others do not."],
  OutputAmbiguous: ["A program wrote a table more than once, in several formats.", "Write one of the files that the message names."],
  OutputMissing: [
    "A program has not written an output, or under another name.",
    "Write a table as `outputs/<name>.parquet`, `.jsonl` or `.csv`, and files into the folder `outputs/<name>/`.",
  ],
  ProgramChanged: [
    "A file of a program was edited after the pipeline was read, so that its result would get a wrong key.",
    "Run again; the new content gets a key of its own.",
  ],
  Ratings: [
    "The ratings of annotators are incomplete or out of range.",
    "Give every term ratings from −4 to 4, as the `sentiment` task has them.",
  ],
  SameName: ["Two opponents have the same name.", "Give each a name of its own in the records passed as `opponent` and `answers`."],
  ScatteredPrompt: ["Responses to one prompt do not stand together.", "Sort the table by `prompt_id`."],
  ScorerAnswer: [
    "A scorer did not return one answer for each response or pair, or one that is not a number that it may be.",
    "Return a finite score for each response, or a number from 0 to 1 for each pair, in their order.",
  ],
  SeveralFiles: ["One file was expected and several were given.", "Pass a single `file(…)`."],
  SeveralSplits: [
    "The folder holds several splits of a data set, and one is imported at a time.",
    'Name the folder or the file of one: `file("data/my-dataset/train")`.',
  ],
  TimeLimit: [
    "The stage took longer than the `timeLimitMinutes` that it declares, and was ended.",
    "Raise it. A stage that keeps checkpoints, or a program that keeps its state in `ASSAY_RESUME`, goes on with them when it is run again.",
  ],
  TokenizerFile: ["A tokenizer's file is not one that Assay can read.", "See the message for the field; use a byte-level BPE tokenizer."],
  TooLittleData: ["There are fewer rows than a batch, a fit or a subset takes.", "Use a smaller batch, or more data."],
  UnexpectedAnswer: [
    "A server or a program answered something that is not of its protocol, or another number of scores than it was asked for.",
    "Choose the protocol, the url and the model of the server, and run again: such an answer is not kept.",
  ],
  UnknownVerdict: ["A table of verdicts has a word that is not a verdict.", "Decide the claims again with `verdicts`."],
  UnlikeMembers: [
    "The weights of an `ensemble` were fitted to other judges than its members.",
    "Pass `ensembleWeights` the same `members`, under the same names.",
  ],
  UnlikePrompts: [
    "Two tables of responses do not answer the same prompts in the same order.",
    "Sample both for the same prompts, split and limit.",
  ],
  Unpaired: [
    "Runs that are compared differ in their worlds, their seeds or their prompts.",
    "Train both with the same worlds and seeds, and evaluate both with the same `count`, `seed` and `answers`.",
  ],
  UnreadableAnswer: [
    "A language model that judges answered without a choice or a rating, or with several.",
    "Ask for it in the `template`, raise `maxTokens`, or say by `unreadable` what such an answer counts for.",
  ],
  UnsupportedPolicy: [
    "The imported model is of a family that Assay does not compute, or differs from what it computes.",
    "The details name the `file` and the `key` or `tensor` that is not supported.",
  ],
  VocabularySize: [
    "The vocabulary asked for is too small for all bytes and the end-of-text token, or too large.",
    "Ask for 257 to 65,536 tokens.",
  ],
  WrongOutput: [
    "A table that a program wrote has not the columns that the stage declares, or a cell that its column cannot hold.",
    "The details name output, column and row, what was expected and what was found.",
  ],
}
