import * as fs from "node:fs"
import { Context, Effect, Layer, Schedule } from "effect"
import type { StoreNotReadable } from "../../error.ts"
import { Settings } from "../../settings.ts"
import { folderAnswers, KeptAnswers } from "../answers/answers.ts"
import { CodeFiles, type CodeFilesShape, folderCodeFiles } from "../code/files.ts"
import { type Layout, layout } from "../layout.ts"
import { Remarks } from "../remarks.ts"
import { folderResults, Results } from "../results/results.ts"
import { folderRuns, Runs } from "../runs/runs.ts"
import { folderUpkeep, Upkeep } from "../upkeep/upkeep.ts"
import { folderWorkspace, Workspace } from "../workspace/workspace.ts"
import { lifeOf } from "./life/life.ts"
import { remoteLeases } from "./life/remote-leases.ts"
import { remoteWorkspace } from "./life/remote-workspace.ts"
import type { RemoteLocation } from "./location.ts"
import { nameOf } from "./names.ts"
import { notReadable, remoteNotWritable } from "./objects/failure.ts"
import { Patience } from "./objects/patience.ts"
import { remoteAnswers } from "./remote-answers.ts"
import { remoteFiles } from "./remote-files.ts"
import { objectsAt, openRemote, type RemoteStoreShape } from "./remote-store.ts"
import { catalogueOf } from "./results/catalogue.ts"
import { objectFetcher } from "./results/fetch-object.ts"
import { type Packs, packsOf } from "./results/packs.ts"
import { remoteResults } from "./results/remote-results.ts"
import { resultSender } from "./results/send.ts"
import { mirrorMarks } from "./runs/marks.ts"
import { mirrorOf } from "./runs/mirror.ts"
import { remoteRuns } from "./runs/remote-runs.ts"
import { SharedFiles } from "./shared-files.ts"
import { remoteUpkeep } from "./upkeep/remote-upkeep.ts"

/**
 * Records of runs that a command waits for when it opens a store; the others come while it works.
 */
const recordsAtOpening = 64

/**
 * Seconds between two packs of a run in progress, and results that make one worth it: what a killed
 * run has published is in packs but for the last of it.
 */
const packEverySeconds = 20
const packedTogether = 100

/** Seconds between two looks for runs of others, in a process that shows runs. */
const lookEverySeconds = 5

/**
 * The services of a store that machines share, by way of the folder of the settings. Fails where it
 * cannot be reached or read.
 */
export const remoteLayer = (
  location: RemoteLocation,
): Layer.Layer<Results | Runs | Workspace | Upkeep | CodeFiles | KeptAnswers | SharedFiles, StoreNotReadable, Settings | Remarks> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const places = layout((yield* Settings).store)
      const remarks = yield* Remarks
      const remote = yield* openRemote(objectsAt(location))
      const { objects, isWritable } = remote
      const packs = packsOf(places, objects)
      const catalogue = catalogueOf(places, objects, packs)
      const sound = new Map<string, string>()
      // What closes last is registered first: packs are written when no more results come.
      yield* Effect.addFinalizer(() => Effect.ignore(Effect.provideService(packs.write(catalogue.isCurrent), Patience, "10 seconds")))
      const packMany = Effect.ignore(packs.write(catalogue.isCurrent, packedTogether))
      yield* Effect.forkScoped(Effect.repeat(Effect.delay(packMany, `${packEverySeconds} seconds`), Schedule.forever))
      const life = yield* lifeOf(objects, catalogue)
      const mirror = mirrorOf(places, objects, packs)
      yield* Effect.addFinalizer(() => mirror.save)

      const look = Effect.andThen(mirror.bring("runs/"), mirrorMarks(places, objects))
      const left = yield* Effect.mapError(
        Effect.andThen(mirrorMarks(places, objects), mirror.bring("runs/", recordsAtOpening)),
        notReadable,
      )
      let isShown = false
      const asked = (): void => {
        isShown = true
      }
      const lookWhereShown = Effect.suspend(() => (isShown ? look : Effect.void)).pipe(
        Effect.ignore,
        Effect.delay(`${lookEverySeconds} seconds`),
      )
      if (left > 0) yield* Effect.forkScoped(Effect.ignore(look))
      yield* Effect.forkScoped(Effect.repeat(lookWhereShown, Schedule.forever))

      const results = remoteResults({
        layout: places,
        local: folderResults(places, remarks, sound),
        objects,
        catalogue,
        fetch: objectFetcher(places, objects, sound),
        send: resultSender(places, { objects, catalogue, protect: life.protect }),
        isWritable,
        remarks,
      })
      const leases = remoteLeases(objects, life.tag)
      const workspace = remoteWorkspace({
        local: yield* folderWorkspace(places),
        objects,
        isWritable,
        life,
        leases,
        catalogue,
      })
      const runs = remoteRuns({
        layout: places,
        local: folderRuns(places, remarks),
        objects,
        isWritable,
        mirror,
        packs,
        asked,
      })
      const local = folderUpkeep(places, remarks)
      const upkeep = remoteUpkeep({ layout: places, local, objects, isWritable, life, leases, mirror, packs, runs, remarks })
      return Context.make(Results, results).pipe(
        Context.add(Runs, runs),
        Context.add(Workspace, workspace),
        Context.add(Upkeep, upkeep),
        Context.add(CodeFiles, remoteCodeFiles(places, remote, packs)),
        Context.add(KeptAnswers, yield* folderAnswers(places.root, remoteAnswers(places, remote))),
        Context.add(SharedFiles, remoteFiles(places, remote, { mirror, asked })),
      )
    }),
  )

/** The lists of files behind results: they come to other machines in packs. */
const remoteCodeFiles = (places: Layout, { objects, isWritable }: RemoteStoreShape, packs: Packs): CodeFilesShape => {
  const local = folderCodeFiles(places)
  const sent = new Set<string>()
  return {
    keep: Effect.fnUntraced(function* (files) {
      yield* local.keep(files)
      const file = places.files(files.digest)
      if (sent.has(files.digest) || !(yield* isWritable)) return
      sent.add(files.digest)
      const name = nameOf(places, file)
      yield* Effect.mapError(objects.upload(name, file, { ifAbsent: true }), remoteNotWritable)
      packs.add({ name, etag: "", text: fs.readFileSync(file, "utf8") }, "written")
    }),
    list: local.list,
  }
}
