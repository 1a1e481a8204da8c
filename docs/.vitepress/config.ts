import { defineConfig } from "vitepress"
import { slug } from "../generate/slug.ts"
import { sidebar } from "./sidebar.ts"

/** The site. Pages and their order come from the folders; a dead link fails the build. */
export default defineConfig({
  title: "Assay",
  description: "A typed dataflow language for preference-optimisation experiments",
  lang: "en",
  cleanUrls: true,
  outDir: "../.site",
  cacheDir: "../node_modules/.cache/vitepress",
  markdown: { anchor: { slugify: slug } },
  themeConfig: {
    search: { provider: "local" },
    outline: [2, 3],
    nav: [
      { text: "Tutorial", link: "/tutorial" },
      { text: "Reference", link: "/reference/stages" },
    ],
    sidebar: sidebar(),
  },
})
