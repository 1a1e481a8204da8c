import * as path from "node:path"

/** Where things lie in a store. */
export const layout = (root: string) => ({
  root,
  objects: path.join(root, "objects"),
  object: (digest: string) => path.join(root, "objects", digest.slice(0, 2), digest.slice(2)),
  results: path.join(root, "results"),
  result: (key: string) => path.join(root, "results", key.slice(0, 2), `${key}.json`),
  failures: path.join(root, "failures"),
  failure: (key: string) => path.join(root, "failures", `${key}.json`),
  leases: path.join(root, "leases"),
  lease: (key: string) => path.join(root, "leases", key),
  pins: path.join(root, "pins"),
  pin: (key: string) => path.join(root, "pins", `${key}.json`),
  checkpoints: path.join(root, "checkpoints"),
  checkpoint: (key: string) => path.join(root, "checkpoints", key),
  runningRuns: path.join(root, "running"),
  running: (run: string) => path.join(root, "running", run),
  runs: path.join(root, "runs"),
  run: (run: string) => path.join(root, "runs", `${run}.json`),
  code: (digest: string) => path.join(root, "code", `${digest}.json`),
  codes: path.join(root, "code"),
  sources: path.join(root, "code", "sources"),
  source: (sha256: string) => path.join(root, "code", "sources", sha256),
  files: (digest: string) => path.join(root, "code", "files", `${digest}.json`),
  sameCode: (digest: string) => path.join(root, "code", "same", digest),
  temporary: path.join(root, "tmp"),
  quarantined: path.join(root, "quarantine"),
  quarantine: (name: string) => path.join(root, "quarantine", name),
})

export type Layout = ReturnType<typeof layout>
