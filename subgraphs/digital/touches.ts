import { NO_SUCH_CUSTOMER, refuse, type UserError } from '../../kernel/errors.ts';
import { once, refused } from '../../kernel/requests.ts';
import { textErrors } from '../../kernel/texts.ts';
import type { CampaignTouchRecordInput } from '../../schema/generated/digital.ts';
import type { Context } from './context.ts';
import { touchId } from './ingest.ts';
import { fileTouches } from './intakes.ts';
import type { TouchRow } from './records.ts';

/** Records what became of one message. Answers the touch as it stands, or why it was refused. */
export async function recordTouch(context: Context, input: CampaignTouchRecordInput) {
  const owner = input.customer;
  const userErrors: UserError<'TEXT_INVALID' | 'TIME_INVALID'>[] = [...textErrors(input)];
  if ((input.at ?? context.now) > context.now)
    userErrors.push(refuse('TIME_INVALID', 'at', '"at" lies in the future; say when it took place.'));
  if (userErrors.length > 0) return { campaignTouch: null, userErrors };
  const effect = await once(context.requests, 'campaignTouchRecord', input, context.now, async (at) => {
    const [exists] = await context.directory.exists([owner]);
    if (!exists) return refused(refuse('CUSTOMER_UNKNOWN', 'customer', NO_SUCH_CUSTOMER));
    const record: TouchRow = {
      campaign: input.campaign,
      channel: input.channel,
      messageId: input.messageId ?? null,
      title: input.title ?? null,
      state: input.state,
      at: input.at ?? at,
    };
    const [outcome] = await fileTouches(context.collections, [{ record, owner, origin: 'campaign-touch-record', occurrence: 1 }]);
    if (typeof outcome !== 'object') return { ok: true, result: touchId(record) };
    if (outcome.code === 'CUSTOMER_ERASED') return refused(refuse('CUSTOMER_UNKNOWN', 'customer', NO_SUCH_CUSTOMER));
    return refused(refuse(outcome.code, 'messageId', outcome.message));
  });
  if (!effect.ok) return { campaignTouch: null, userErrors: effect.userErrors };
  return { campaignTouch: await context.touch.load({ owner, id: effect.result }), userErrors: [] };
}
