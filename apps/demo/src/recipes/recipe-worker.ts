/** One of the processes of a recipe: works, tells what it has done, and ends. */
import { createHoldfast } from '@holdfast/core';
import { recipes } from './recipes.js';
import { isWorkOrder } from './work-order.js';

process.once('message', (order: unknown) => {
  work(order).then(
    () => process.disconnect(),
    (error: unknown) => {
      console.error(error);
      process.exitCode = 1;
      process.disconnect();
    },
  );
});

async function work(order: unknown): Promise<void> {
  const recipe = isWorkOrder(order) ? recipes.get(order.name) : undefined;
  if (!isWorkOrder(order) || recipe === undefined) throw new Error('this is no order for a recipe');
  const { url, namespace, options, index, processes } = order;
  const holdfast = await createHoldfast({ connection: url, namespace, scripts: recipe.scripts });
  try {
    const { scripts } = holdfast;
    process.send?.({ done: await recipe.work({ scripts, options, index, processes }) });
  } finally {
    await holdfast.close();
  }
}
