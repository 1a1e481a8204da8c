/**
 * A reporter for Vitest. Beside the JSON report, which leaves them out, it writes the errors that
 * belong to no test: rejections without a handler, workers that died, hooks of the whole run.
 */

import { writeFileSync } from "node:fs"

export default class ErrorsReporter {
  onInit(vitest) {
    this.file = `${vitest.config.outputFile.json}.errors`
  }

  onTestRunEnd(_files, errors) {
    const told = errors.map(({ name, message, stack, VITEST_TEST_PATH, VITEST_TEST_NAME }) => ({
      file: VITEST_TEST_PATH ?? null,
      test: VITEST_TEST_NAME ?? null,
      text: stack ?? `${name}: ${message}`,
    }))
    writeFileSync(this.file, JSON.stringify(told))
  }
}
