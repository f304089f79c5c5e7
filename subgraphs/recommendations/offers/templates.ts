/** What puts right or helps, and sells nothing. */
export const SERVICE_TEMPLATES = ['SERVICE_RECOVERY', 'ERROR_HELP', 'LATE_PAYMENT_HELP'] as const;

export const TEMPLATES = [
  ...SERVICE_TEMPLATES,
  'CART_REMINDER',
  'REPLENISH',
  'CROSS_SELL',
  'BIRTHDAY',
  'ANNIVERSARY',
  'POINTS_EXPIRING',
  'TIER_UP',
  'ADVICE',
  'VIP_RECOGNITION',
  'ONBOARDING',
  'WELCOME',
  'LOCAL_EVENT',
  'REVIEW_REQUEST',
  'WIN_BACK',
  'CONTENT',
  'GENERAL',
] as const;
export type Template = (typeof TEMPLATES)[number];

/** Other words for a template, where what is offered depends on more than the values in it. */
export const VARIANTS = [
  'ONBOARDING_JOIN',
  'ONBOARDING_AGAIN',
  'ERROR_HELP_ACCOUNT',
  'ERROR_HELP_PAYMENT',
  'REPLENISH_UNNAMED',
  'CROSS_SELL_UNNAMED',
] as const;
export type Variant = (typeof VARIANTS)[number];
