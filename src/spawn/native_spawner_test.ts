import { testSpawner } from "./_spawner_suite_test.ts";
import { createSpawner } from "./create_spawner.ts";

testSpawner({
  name: "NativeSpawner",
  create: () => createSpawner({ only: "native" }),
});
