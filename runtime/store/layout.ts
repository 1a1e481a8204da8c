import * as path from "node:path"

/** Where things lie in a store. */
export const layout = (root: string) => ({
  root,
  object: (digest: string) => path.join(root, "objects", digest.slice(0, 2), digest.slice(2)),
  result: (key: string) => path.join(root, "results", key.slice(0, 2), `${key}.json`),
  failure: (key: string) => path.join(root, "failures", `${key}.json`),
  lease: (key: string) => path.join(root, "leases", key),
  runs: path.join(root, "runs"),
  run: (run: string) => path.join(root, "runs", `${run}.json`),
  code: (digest: string) => path.join(root, "code", `${digest}.json`),
  codes: path.join(root, "code"),
  source: (sha256: string) => path.join(root, "code", "sources", sha256),
  files: (digest: string) => path.join(root, "code", "files", `${digest}.json`),
  sameCode: (digest: string) => path.join(root, "code", "same", digest),
  temporary: path.join(root, "tmp"),
  quarantine: (name: string) => path.join(root, "quarantine", name),
})

export type Layout = ReturnType<typeof layout>
