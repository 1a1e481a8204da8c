import { canonicalJson, type Json } from "../../dsl/canonical.ts"
import type { Connection } from "../../dsl/connection.ts"
import type { Declaration } from "../../dsl/declaration.ts"
import { type GraphStage, isRecordedStage } from "../../dsl/graph.ts"
import type { PluginDeclaration } from "../../dsl/plugin.ts"
import { sha256 } from "../disk/sha256.ts"
import type { PackageTree } from "../packages/package-tree.ts"
import type { SettingsShape } from "../settings.ts"
import type { FileList } from "../store/code/files.ts"
import { codeValue, type ModuleCode, opaqueRemarks, pluginValue, uncacheableBy } from "./module-code.ts"
import { joinFiles } from "./own-files.ts"
import { identitiesOf, type Package } from "./packages.ts"
import type { ProgramCode, StageProgram } from "./program.ts"
import { confinementsOf, type Rights, rightsOf } from "./rights.ts"
import type { StaticParts } from "./vector.ts"

/** All that is known of the code of stages of one declaration that are given the same plugins. */
export interface StageFacts {
  readonly plugins: GraphStage["plugins"]
  readonly own: ModuleCode
  /** The code of the plugins, by their printed places. */
  readonly placed: ReadonlyMap<string, ModuleCode>
  readonly packages: ReadonlyArray<Package>
  readonly parts: StaticParts
  readonly files: FileList
  readonly fileNames: FileNames
  readonly rights: Rights
  /** Made when it is asked for: a plan needs none. */
  readonly services: () => StageServices
  /** The program that computes it; null where its module does. */
  readonly command: StageProgram | null
  /** Whether an answer from outside, which cannot be had again, is part of its result. */
  readonly recorded: boolean
  readonly uncacheable: ReadonlyArray<string>
  readonly remarks: ReadonlyArray<string>
  readonly confinements: ReadonlyArray<string>
}

/**
 * What a stage may ask of the process that runs it: for its own code (an empty place) and for each
 * plugin by its printed place.
 */
export interface StageServices {
  /** What tells answers of this code from those of any other. */
  readonly scopes: Readonly<Record<string, string>>
  readonly connections: Readonly<Record<string, PlacedConnection>>
}

/** A server or a program, and what tells its answers from those of any other. */
export interface PlacedConnection {
  readonly connection: Connection
  readonly scope: string
  /** Null of a server. */
  readonly program: AskedProgram | null
}

/** What a program consists of that stages ask. */
export interface AskedProgram extends Omit<ProgramCode, "identity"> {
  /** Whether its files came from another machine, and lie in the store. */
  readonly isCarried: boolean
}

/** Names of files: of a stage's own code, and of each plugin's by its printed place. */
export interface FileNames {
  readonly ownFiles: ReadonlySet<string>
  readonly pluginFiles: ReadonlyMap<string, ReadonlySet<string>>
}

interface About {
  readonly codes: ReadonlyMap<Declaration | PluginDeclaration, ModuleCode>
  /** The identity of the engine, for stages that run tensor programs. */
  readonly engine: Json
  readonly treeOf: (folder: string) => PackageTree
  readonly settings: SettingsShape
}

/** The facts of each stage, made once for all stages that share them. */
export const factsBy = (about: About): ((stage: GraphStage) => StageFacts) => {
  const known = new Map<Declaration, Array<StageFacts>>()
  return (stage) => {
    const before = known.get(stage.declaration) ?? []
    const found = before.find(({ plugins }) => areAlike(plugins, stage.plugins))
    if (found !== undefined) return found
    const made = factsOf(stage, about)
    known.set(stage.declaration, [...before, made])
    return made
  }
}

const factsOf = ({ declaration, plugins }: GraphStage, { codes, engine, treeOf, settings }: About): StageFacts => {
  const own = codes.get(declaration) as ModuleCode
  const placed = plugins.map((plugin) => [plugin.place.join("."), codes.get(plugin.declaration) as ModuleCode] as const)
  const all = [own, ...new Set(placed.map(([, code]) => code))]
  const packages = [...new Map(all.flatMap((code) => code.packages.map((each) => [each.folder, each] as const))).values()]
  const absent = all.flatMap(({ record }) => record.absent)
  const rights = rightsOf({ engine: declaration.engine, codes: all, packages, treeOf, settings })
  let services: StageServices | undefined
  const namesOf = ({ files }: ModuleCode) => new Set(files.map(({ name }) => name))
  return {
    plugins,
    own,
    placed: new Map(placed),
    packages,
    parts: {
      program: own.program?.identity ?? null,
      code: declaration.version === undefined ? codeValue(own, settings.assayRoot) : { version: declaration.version },
      plugins: placed.map(([place, code]) => [place, pluginValue(code, settings.assayRoot)]),
      packages: { ...Object.fromEntries(absent.map((name) => [name, "not installed"])), ...identitiesOf(packages, treeOf) },
      engine: declaration.engine ? engine : null,
    },
    files: joinFiles(all.map(({ files }) => files)),
    fileNames: { ownFiles: namesOf(own), pluginFiles: new Map(placed.map(([place, code]) => [place, namesOf(code)])) },
    rights,
    services: () => {
      services ??= servicesOf([["", own], ...placed], { engine: declaration.engine ? engine : null, treeOf, settings })
      return services
    },
    command: commandOf(own),
    recorded: isRecordedStage({ declaration, plugins }),
    uncacheable: [...new Set(all.flatMap(uncacheableBy))],
    remarks: all.filter((code) => code !== own || declaration.version === undefined).flatMap(opaqueRemarks),
    confinements: confinementsOf(all, treeOf, rights),
  }
}

const commandOf = ({ declaration, program }: ModuleCode): StageProgram | null => {
  const command = "command" in declaration ? declaration.command : undefined
  if (command === undefined || program === null) return null
  const { identity: _, ...parts } = program
  return { run: command.run, variables: command.variables, ...parts }
}

const servicesOf = (
  codes: ReadonlyArray<readonly [place: string, code: ModuleCode]>,
  { engine, treeOf, settings }: Pick<About, "engine" | "treeOf" | "settings">,
): StageServices => ({
  scopes: Object.fromEntries(
    codes.map(([place, code]) => {
      const depends = ["code", code.declaration.name, codeValue(code, settings.assayRoot), identitiesOf(code.packages, treeOf), engine]
      return [place, sha256("answers", canonicalJson(depends))]
    }),
  ),
  connections: Object.fromEntries(
    codes.flatMap(([place, { declaration, program }]) => {
      const { connect, name } = declaration
      if (connect === undefined) return []
      const scope = sha256("answers", canonicalJson([connect.kind, name, program?.identity ?? null]))
      return [[place, { connection: connect, scope, program: program === null ? null : askedProgram(program) }]]
    }),
  ),
})

const askedProgram = ({ identity: _, ...parts }: ProgramCode): AskedProgram => ({ ...parts, isCarried: false })

const areAlike = (some: GraphStage["plugins"], others: GraphStage["plugins"]): boolean =>
  some.length === others.length &&
  some.every(({ place, declaration }, index) => {
    const other = others[index]
    return declaration === other?.declaration && place.join(".") === other.place.join(".")
  })
