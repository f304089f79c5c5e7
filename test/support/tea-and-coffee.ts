import { HistoryBuilder } from '../../models/next-basket/baskets.ts';
import type { NextBasketModel } from '../../models/next-basket/next-basket-model.ts';
import { trainNextBasket } from '../../models/next-basket/training.ts';

/** Learnt from customers of whom tea goes with milk, coffee with sugar; bread is bought by most. */
export function teaAndCoffee(): NextBasketModel {
  const history = new HistoryBuilder();
  for (let i = 0; i < 20; i++) {
    history.add(`tea-${i}`, [['tea', 'milk'], ['tea', 'milk', 'bread'], ['bread']]);
    history.add(`coffee-${i}`, [['coffee', 'sugar'], ['coffee', 'bread'], ['bread']]);
  }
  return trainNextBasket(history.history());
}
