import type { Compiled } from "../bundle/compile.ts"

/** A node of an ESTree syntax tree. */
interface Node {
  readonly type: string
  readonly [field: string]: unknown
}

/** Built-in modules whose every export is a function of its arguments (or of time that no result may hold). */
const pureModules = new Set([
  "assert",
  "async_hooks",
  "buffer",
  "crypto",
  "events",
  "path",
  "perf_hooks",
  "punycode",
  "querystring",
  "stream",
  "string_decoder",
  "timers",
  "url",
  "util",
  "zlib",
])

/**
 * Why a stage's own reachable code may depend on more than its fingerprint says; empty if it may not.
 * `tree` is the program as ESTree, its locals renamed, so that a local called `process` is not taken for the global.
 */
export const hazards = (tree: unknown, externals: Compiled["externals"]): ReadonlyArray<string> => {
  const found = new Set<string>()
  for (const { specifier, package: folder } of externals.values()) {
    const name = specifier.replace(/^node:/, "").split("/")[0] ?? ""
    if (folder === null && !pureModules.has(name)) found.add(`it imports ${specifier}`)
    if (specifier.endsWith(".node")) found.add(`it imports the native add-on ${specifier}`)
  }
  visit(tree, (node) => {
    const hazard = hazardOf(node)
    if (hazard !== null) found.add(hazard)
  })
  return [...found].sort()
}

const hazardOf = (node: Node): string | null => {
  switch (node.type) {
    case "MetaProperty":
      return nameOf(node.meta) === "import" ? "it reads import.meta" : null
    case "MemberExpression": {
      const property = nameOf(node.property)
      return nameOf(node.object) === "process" && property !== null && ["env", "argv", "cwd"].includes(property)
        ? `it reads process.${property}`
        : null
    }
    case "ImportExpression":
      return isLiteral(node.source) ? null : "it imports a module whose name is computed"
    case "CallExpression": {
      const callee = nameOf(node.callee)
      const [argument] = node.arguments as ReadonlyArray<unknown>
      if (callee === "eval") return "it calls eval"
      return callee === "require" && !isLiteral(argument) ? "it requires a module whose name is computed" : null
    }
    case "NewExpression":
      return nameOf(node.callee) === "Function" ? "it makes code from text" : null
    default:
      return null
  }
}

const visit = (value: unknown, see: (node: Node) => void): void => {
  const stack: Array<unknown> = [value]
  while (stack.length > 0) {
    const current = stack.pop()
    if (typeof current !== "object" || current === null) continue
    if (isNode(current)) see(current)
    stack.push(...Object.values(current))
  }
}

const isNode = (value: object): value is Node => "type" in value && typeof value.type === "string"

const nameOf = (value: unknown): string | null =>
  typeof value === "object" && value !== null && "name" in value && typeof value.name === "string" ? value.name : null

const isLiteral = (value: unknown): boolean => typeof value === "object" && value !== null && (value as Node).type === "Literal"
