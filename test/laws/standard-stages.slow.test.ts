import * as path from "node:path"
import { Effect, Layer } from "effect"
import { expect, test } from "vitest"
import { inProcess } from "../../runtime/execute/executor/in-process.ts"
import { Events, loadPipeline, plan, Settings, storeLayer } from "../../runtime/index.ts"
import { assayRoot } from "../runtime/project.ts"

test.each(["pipelines/quickstart.ts", "pipelines/paper/studies/all.ts"])("every stage of %s can be cached", async (pipeline) => {
  const environment = { ASSAY_STORE: path.join(assayRoot, "node_modules", ".cache", "assay-tests", "no-store") }
  const settings = Settings.layer({ assayRoot, workingDirectory: assayRoot, environment })
  const services = Layer.mergeAll(storeLayer, inProcess, Events.layer).pipe(Layer.provideMerge(settings))
  const { stages } = await Effect.runPromise(Effect.provide(Effect.flatMap(loadPipeline(path.join(assayRoot, pipeline)), plan), services))
  expect(stages.length).toBeGreaterThan(10)
  expect(stages.flatMap(({ stage, uncacheable }) => uncacheable.map((reason) => `${stage}: ${reason}`))).toEqual([])
})
