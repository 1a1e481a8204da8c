import * as path from "node:path"
import { recordFormat, resultFormat } from "./format.ts"

/** The paths inside of a store. */
export const layout = (root: string) => ({
  root,
  /** A name that no other store has. */
  identity: path.join(root, "identity"),
  /** In the cache of a remote store: when its server was found to keep its promises. */
  remoteChecked: path.join(root, "remote.json"),
  /** In the cache of a remote store: which of its objects have a copy here, with their etags. */
  mirrored: path.join(root, "mirrored.json"),
  /** Many results in one file, as a remote store keeps them beside the results themselves. */
  packs: path.join(root, "packs"),
  pack: (name: string) => path.join(root, "packs", name),
  /** Files of artifacts, by the SHA-256 of their bytes. */
  objects: path.join(root, "objects"),
  object: (digest: string) => path.join(root, "objects", digest.slice(0, 2), digest.slice(2)),
  /** One manifest per finished stage, by key. */
  results: path.join(root, "results"),
  result: (key: string) => path.join(root, "results", key.slice(0, 2), `${key}.json`),
  /** Where a result goes whose place is taken by one of another format. */
  resultBeside: (key: string) => path.join(root, "results", key.slice(0, 2), `${key}.format-${resultFormat}.json`),
  /** What failed stages threw, and what `assay replay` needs. */
  failures: path.join(root, "failures"),
  failure: (key: string) => path.join(root, "failures", `${key}.json`),
  failureBeside: (key: string) => path.join(root, "failures", `${key}.format-${recordFormat}.json`),
  /** Which process computes a key at the moment. */
  leases: path.join(root, "leases"),
  lease: (key: string) => path.join(root, "leases", key),
  /** Results that `assay gc` keeps. */
  pins: path.join(root, "pins"),
  pin: (key: string) => path.join(root, "pins", `${key}.json`),
  /** Where unfinished stages resume. */
  checkpoints: path.join(root, "checkpoints"),
  checkpoint: (key: string) => path.join(root, "checkpoints", key),
  /** By tag, the processes that have temporary files. */
  processes: path.join(root, "processes"),
  process: (tag: string) => path.join(root, "processes", tag),
  /** Runs that go on. */
  runningRuns: path.join(root, "running"),
  running: (run: string) => path.join(root, "running", run),
  /** One empty file for each run that was begun, by number. */
  runNumbers: path.join(root, "run-numbers"),
  runNumber: (number: number) => path.join(root, "run-numbers", String(number)),
  /** One record per run. */
  runs: path.join(root, "runs"),
  run: (run: string) => path.join(root, "runs", `${run}.json`),
  /** How the stages of runs are wired, compressed; runs of one pipeline share a file. */
  wirings: path.join(root, "wirings"),
  wiring: (digest: string) => path.join(root, "wirings", `${digest}.json.gz`),
  /** What happened in each run, one event per line; of an ended run, what is not in its results. */
  journals: path.join(root, "journals"),
  journal: (run: string) => path.join(root, "journals", `${run}.ndjson`),
  /** Answers to rows and requests, by whose they are: what a stage need not compute again. */
  answers: path.join(root, "answers"),
  answersOf: (scope: string) => path.join(root, "answers", scope.slice(0, 2), scope),
  code: (digest: string) => path.join(root, "code", `${digest}.json`),
  /** The code behind each stage, by its digest. */
  codes: path.join(root, "code"),
  /** Source files of stages, by the SHA-256 of their bytes. */
  sources: path.join(root, "code", "sources"),
  source: (sha256: string) => path.join(root, "code", "sources", sha256),
  /** The files that a stage was made from. */
  files: (digest: string) => path.join(root, "code", "files", `${digest}.json`),
  /** Codes that were found to be equal. */
  sameCode: (digest: string) => path.join(root, "code", "same", digest),
  /** What other machines need to compute a pipeline, compressed. */
  submissions: path.join(root, "cluster", "submissions"),
  submission: (digest: string) => path.join(root, "cluster", "submissions", `${digest}.json.gz`),
  /** What a worker must have to compute stages. */
  requirements: path.join(root, "cluster", "requirements"),
  requirement: (digest: string) => path.join(root, "cluster", "requirements", `${digest}.json`),
  /** Code of submissions, by the SHA-256 of its text. */
  carriedBundles: path.join(root, "cluster", "bundles"),
  carriedBundle: (sha256: string) => path.join(root, "cluster", "bundles", `${sha256}.mjs`),
  carriedMap: (sha256: string) => path.join(root, "cluster", "bundles", `${sha256}.mjs.map`),
  /** Objects that a reader found damaged, for the next run to look at. */
  suspects: path.join(root, "suspects"),
  suspect: (digest: string) => path.join(root, "suspects", digest),
  /** What is being written. */
  temporary: path.join(root, "tmp"),
  /** Damaged files, moved out of the way. */
  quarantined: path.join(root, "quarantine"),
  quarantine: (name: string) => path.join(root, "quarantine", name),
})

/** The key of a result, by the name of its file. */
export const keyOf = (file: string): string => path.basename(file).split(".")[0] ?? ""

export type Layout = ReturnType<typeof layout>
