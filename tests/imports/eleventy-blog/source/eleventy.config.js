export default function (config) {
  config.addPassthroughCopy({ "./public/": "/" });
  config.addPassthroughCopy("src/**/*.csv");
  return { dir: { input: "src", includes: "parts" } };
}
