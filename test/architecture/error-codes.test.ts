import { readFileSync } from 'node:fs';
import { buildASTSchema, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import type {
  CaseCloseErrorCode,
  CaseOpenErrorCode,
  CaseUpdateErrorCode,
  InteractionRecordErrorCode,
  PreferencesSetErrorCode,
  ProfileUpdateErrorCode,
} from '../../schema/generated/crm.ts';
import type { CampaignTouchRecordErrorCode, EventsTrackErrorCode } from '../../schema/generated/digital.ts';
import type {
  FeedbackLoopCloseErrorCode,
  MentionImportErrorCode,
  ReviewImportErrorCode,
  SurveyResponseSubmitErrorCode,
} from '../../schema/generated/feedback.ts';
import type { CustomerConsentSetErrorCode, CustomerUpsertErrorCode } from '../../schema/generated/identity.ts';
import type {
  LoyaltyEnrollErrorCode,
  PointsAccrueErrorCode,
  PointsRedeemErrorCode,
  PointsReverseErrorCode,
  VoucherIssueErrorCode,
  VoucherRedeemErrorCode,
} from '../../schema/generated/loyalty.ts';
import type { OrderRecordErrorCode, PaymentRecordErrorCode, ReturnRecordErrorCode } from '../../schema/generated/pos.ts';
import type { ContentPublishErrorCode } from '../../schema/generated/recommendations.ts';
import type { Commands as CrmCommands } from '../../subgraphs/crm/commands.ts';
import type { recordTouch } from '../../subgraphs/digital/touches.ts';
import type { trackEvents } from '../../subgraphs/digital/tracking.ts';
import type { closeLoop, importMention, importReview, submitSurveyResponse } from '../../subgraphs/feedback/mutations.ts';
import type { Commands as IdentityCommands } from '../../subgraphs/identity/commands.ts';
import type { enroll } from '../../subgraphs/loyalty/enroll.ts';
import type { accrue, redeem, reverse } from '../../subgraphs/loyalty/points-commands.ts';
import type { issue, redeemVoucher } from '../../subgraphs/loyalty/voucher-commands.ts';
import type { recordOrder, recordPayment, recordReturn } from '../../subgraphs/pos/mutations.ts';
import type { publishContent } from '../../subgraphs/recommendations/content/commands.ts';

type CodeIn<Answer> = Answer extends { readonly userErrors: readonly (infer E)[] }
  ? E extends { readonly code: infer C }
    ? C
    : never
  : never;

/** The codes that a command refuses with, as the compiler knows them. */
type CodesOf<Command extends (...args: never[]) => Promise<unknown>> = CodeIn<Awaited<ReturnType<Command>>>;

/** `true` where both are the same codes; otherwise the codes that only one of them has, and `true satisfies` them is an error of `tsc`. */
type Same<Answered, Declared> = [Answered, Declared] extends [Declared, Answered]
  ? true
  : { readonly undeclared: Exclude<Answered, Declared>; readonly neverAnswered: Exclude<Declared, Answered> };

/** For each mutation: that its command answers every code of its enum in the schema and no other. */
const EXACT = {
  customerUpsert: true satisfies Same<CodesOf<IdentityCommands['upsert']>, CustomerUpsertErrorCode>,
  customerConsentSet: true satisfies Same<CodesOf<IdentityCommands['setConsent']>, CustomerConsentSetErrorCode>,
  profileUpdate: true satisfies Same<CodesOf<CrmCommands['updateProfile']>, ProfileUpdateErrorCode>,
  preferencesSet: true satisfies Same<CodesOf<CrmCommands['setPreferences']>, PreferencesSetErrorCode>,
  interactionRecord: true satisfies Same<CodesOf<CrmCommands['recordInteraction']>, InteractionRecordErrorCode>,
  caseOpen: true satisfies Same<CodesOf<CrmCommands['openCase']>, CaseOpenErrorCode>,
  caseUpdate: true satisfies Same<CodesOf<CrmCommands['updateCase']>, CaseUpdateErrorCode>,
  caseClose: true satisfies Same<CodesOf<CrmCommands['closeCase']>, CaseCloseErrorCode>,
  orderRecord: true satisfies Same<CodesOf<typeof recordOrder>, OrderRecordErrorCode>,
  returnRecord: true satisfies Same<CodesOf<typeof recordReturn>, ReturnRecordErrorCode>,
  paymentRecord: true satisfies Same<CodesOf<typeof recordPayment>, PaymentRecordErrorCode>,
  loyaltyEnroll: true satisfies Same<CodesOf<typeof enroll>, LoyaltyEnrollErrorCode>,
  pointsAccrue: true satisfies Same<CodesOf<typeof accrue>, PointsAccrueErrorCode>,
  pointsRedeem: true satisfies Same<CodesOf<typeof redeem>, PointsRedeemErrorCode>,
  pointsReverse: true satisfies Same<CodesOf<typeof reverse>, PointsReverseErrorCode>,
  voucherIssue: true satisfies Same<CodesOf<typeof issue>, VoucherIssueErrorCode>,
  voucherRedeem: true satisfies Same<CodesOf<typeof redeemVoucher>, VoucherRedeemErrorCode>,
  eventsTrack: true satisfies Same<CodesOf<typeof trackEvents>, EventsTrackErrorCode>,
  campaignTouchRecord: true satisfies Same<CodesOf<typeof recordTouch>, CampaignTouchRecordErrorCode>,
  surveyResponseSubmit: true satisfies Same<CodesOf<typeof submitSurveyResponse>, SurveyResponseSubmitErrorCode>,
  reviewImport: true satisfies Same<CodesOf<typeof importReview>, ReviewImportErrorCode>,
  mentionImport: true satisfies Same<CodesOf<typeof importMention>, MentionImportErrorCode>,
  feedbackLoopClose: true satisfies Same<CodesOf<typeof closeLoop>, FeedbackLoopCloseErrorCode>,
  contentPublish: true satisfies Same<CodesOf<typeof publishContent>, ContentPublishErrorCode>,
};

/** Mutations whose codes are texts and no enum yet. */
const WITHOUT_ENUM = /^(experiment|segment)/;

const committed = readFileSync(new URL('../../schema/api.graphql', import.meta.url), 'utf8');

describe('the codes that a mutation refuses with', () => {
  it('are compared with the schema for every mutation; the comparison itself is made by `tsc`', () => {
    const mutations = Object.keys(buildASTSchema(parse(committed)).getMutationType()?.getFields() ?? {});
    expect(Object.keys(EXACT).sort()).toEqual(mutations.filter((name) => !WITHOUT_ENUM.test(name)).sort());
  });

  it('may neither lack in the enum nor stand there without being answered', () => {
    // @ts-expect-error B is answered and not declared
    expect(true satisfies Same<'A' | 'B', 'A'>).toBe(true);
    // @ts-expect-error B is declared and never answered
    expect(true satisfies Same<'A', 'A' | 'B'>).toBe(true);
    expect(true satisfies Same<'A' | 'B', 'B' | 'A'>).toBe(true);
  });
});
