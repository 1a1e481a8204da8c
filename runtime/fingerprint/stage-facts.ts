import type { Json } from "../../dsl/canonical.ts"
import type { Declaration } from "../../dsl/declaration.ts"
import type { GraphStage } from "../../dsl/graph.ts"
import type { PluginDeclaration } from "../../dsl/plugin.ts"
import type { PackageTree } from "../packages/package-tree.ts"
import type { SettingsShape } from "../settings.ts"
import type { FileList } from "../store/code/files.ts"
import { codeValue, type ModuleCode, opaqueRemarks, pluginValue, uncacheableBy } from "./module-code.ts"
import { joinFiles } from "./own-files.ts"
import { identitiesOf, type Package } from "./packages.ts"
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
  readonly uncacheable: ReadonlyArray<string>
  readonly remarks: ReadonlyArray<string>
  readonly confinements: ReadonlyArray<string>
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
  const namesOf = ({ files }: ModuleCode) => new Set(files.map(({ name }) => name))
  return {
    plugins,
    own,
    placed: new Map(placed),
    packages,
    parts: {
      code: declaration.version === undefined ? codeValue(own, settings.assayRoot) : { version: declaration.version },
      plugins: placed.map(([place, code]) => [place, pluginValue(code, settings.assayRoot)]),
      packages: { ...Object.fromEntries(absent.map((name) => [name, "not installed"])), ...identitiesOf(packages, treeOf) },
      engine: declaration.engine ? engine : null,
    },
    files: joinFiles(all.map(({ files }) => files)),
    fileNames: { ownFiles: namesOf(own), pluginFiles: new Map(placed.map(([place, code]) => [place, namesOf(code)])) },
    rights,
    uncacheable: [...new Set(all.flatMap(uncacheableBy))],
    remarks: all.filter((code) => code !== own || declaration.version === undefined).flatMap(opaqueRemarks),
    confinements: confinementsOf(all, treeOf, rights),
  }
}

const areAlike = (some: GraphStage["plugins"], others: GraphStage["plugins"]): boolean =>
  some.length === others.length &&
  some.every(({ place, declaration }, index) => {
    const other = others[index]
    return declaration === other?.declaration && place.join(".") === other.place.join(".")
  })
