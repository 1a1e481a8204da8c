/**
 * Imports run one way: pipelines → assay, assay/stages; learning → dsl, engine, data; runtime →
 * dsl, data; serve → runtime, dsl, data; cli → serve, runtime, dsl, formulas of power; ui → the types
 * of what serve answers. A room imports itself and what its line lists, and no other room.
 */
const rooms = {
  dsl: [],
  engine: ["dsl/engine-setting[.]ts"],
  data: ["dsl/column[.]ts"],
  learning: ["dsl", "engine", "data"],
  runtime: ["dsl", "data"],
  serve: ["dsl", "runtime", "data"],
  cli: ["dsl", "runtime", "serve", "learning/analyse/power/index[.]ts"],
  ui: ["serve/(api|report/data)[.]ts"],
  pipelines: ["dsl/index[.]ts", "learning/stages[.]ts"],
  templates: ["dsl/index[.]ts", "learning/stages[.]ts"],
}

/**
 * Rooms inside of a room, from the ground up: each may import those before it, so that no two
 * import each other. Files beside them (`runtime/error.ts`, `learning/stages.ts`) may be imported
 * by all and may import all.
 */
const floors = {
  runtime: [
    "disk",
    "packages",
    "engines",
    "bundle",
    "program",
    "connect",
    "telemetry",
    "store",
    "fingerprint",
    "load",
    "registration",
    "plan",
    "observe",
    "execute",
    "cluster",
    "inspect",
  ],
  learning: [
    "command",
    "ask",
    "tokenizer",
    "policy",
    "trainer",
    "decode",
    "judge",
    "objective",
    "preferences",
    "train",
    "analyse",
    "evaluate",
    "interchange",
  ],
}

const names = Object.keys(rooms).concat("test", "bench")

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    ...Object.entries(rooms).map(([room, allowed]) => ({
      name: `${room}-imports`,
      comment: allowed.length === 0 ? `${room}/ imports nothing of ours` : `${room}/ imports only ${allowed.join(", ")}`,
      severity: "error",
      from: { path: `^${room}/` },
      to: { path: `^(${names.join("|")})/`, pathNot: [room, ...allowed].map((path) => (path.endsWith("ts") ? `^${path}$` : `^${path}/`)) },
    })),
    ...Object.entries(floors).flatMap(([room, inner]) => [
      ...inner.slice(0, -1).map((floor, index) => ({
        name: `${room}-floors`,
        comment: `${room}/${floor}/ imports only rooms of ${room}/ that stand before it in the list`,
        severity: "error",
        from: { path: `^${room}/${floor}/` },
        to: { path: `^${room}/(${inner.slice(index + 1).join("|")})/` },
      })),
      {
        name: `${room}-unlisted`,
        comment: `a room inside of ${room}/ that is not in the list escapes the rule above`,
        severity: "error",
        from: { path: `^${room}/[^/]+/`, pathNot: `^${room}/(${inner.join("|")})/` },
        to: {},
      },
    ]),
    {
      name: "ui-types",
      comment: "the page shares types with the server, and no code",
      severity: "error",
      from: { path: "^ui/" },
      to: { path: "^serve/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "no-cycle",
      comment: "modules that need each other at run time are one concept in two files",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "no-drawer",
      comment: "a module is named for its concept",
      severity: "error",
      from: {},
      to: { path: "(^|/)(utils?|common|helpers?|misc)(/|[.][cm]?[jt]sx?$)", pathNot: "node_modules/" },
    },
    {
      name: "resolvable",
      comment: "an import that leads nowhere escapes every other rule",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "declared-packages",
      comment:
        "what a room imports is in package.json's dependencies; the command and the page are packed as bundles, with what they alone need",
      severity: "error",
      from: {
        path: `^(${Object.keys(rooms).join("|")})/`,
        pathNot: "^(cli/main[.]ts$|serve/server[.]ts$|ui/|runtime/cluster/|runtime/store/remote/s3/)",
      },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["assay-source", "import", "node", "types", "default"] },
  },
}
