/**
 * Words of praise and of complaint, our own short lists: what sentiment goes by before a company's ratings have taught a model. It knows no
 * irony and little grammar, and its answers say `lexicon`.
 */
import { LanguageMatchers, longest, type TermLists, termsOf } from './terms.ts';

export const LEXICON_VERSION = '1';

const PRAISE: TermLists = {
  en:
    'good, great, love*, excellent, perfect*, beautiful*, gorgeous, amazing, awesome, fantastic, wonderful*, comfortable, comfy, nice, nicely, happy, ' +
    'pleased, satisfied, recommend*, flattering, soft, cute, pretty, fast, quick*, easy, easily, friendly, helpful, best, favorite, favourite, thank*, ' +
    'compliment*, impressed, worth it, high quality, great value, true to size, on time, well made, no problem*, works well, enjoy*',
  pt:
    'bom, boa, bons, boas, otim*, excelente*, perfeit*, maravilhos*, adorei, adoro, amei, gostei, gostando, lind*, bonit*, satisfeit*, recomend*, ' +
    'rapid*, parabens, confiavel, melhor, super, antes do prazo, dentro do prazo, no prazo, em perfeito estado, bem embalad*, facil, obrigad*, ' +
    'conforme anunciado, conforme descrito, de qualidade, sem problemas, sem defeito, valeu a pena, atencios*, feliz, tudo certo, chegou antes',
  ja:
    '良い, 良かった, よかった, いいです, とてもいい, 最高, 素晴らしい, すばらしい, 満足, 大満足, 気に入, おすすめ, お勧め, オススメ, 嬉し, うれし, ' +
    '可愛い, かわいい, 綺麗, きれい, 美味し, おいしい, 丁寧, 親切, 早い, 早く届, 迅速, 便利, 快適, 軽くて, 使いやす, 安心, ありがとう, 感謝, ' +
    '大好き, ぴったり, リピート, また買い, また購入, 助か, 問題なし, 問題ありません, 悪くない, 期待以上, お買い得',
};
const COMPLAINT: TermLists = {
  en:
    'bad, badly, poor*, terrible, horrible, awful, worst, worse, hate*, disappoint*, broken, broke, defect*, damaged, cheap, cheaply, itchy, scratchy, ' +
    'ugly, unflattering, uncomfortable, return*, refund*, late, delay*, never arrived, not arrive*, missing, wrong, rude, slow, waste, useless, ' +
    'overpriced, ripped, torn, hole*, unfortunately, sadly, problem*, issue*, complain*, too small, too large, too big, too tight, too short, see through, ' +
    "scam, fraud, fell apart, stopped working, does not work, doesn't work, unacceptable, frustrat*, annoy*",
  pt:
    'ruim, ruins, pessim*, horrivel, terrivel, pior, odiei, decepcion*, quebrad*, defeit*, danificad*, errad*, atras*, demor*, falt*, troc*, devol*, ' +
    'reembols*, estorn*, cancel*, reclam*, problema*, infelizmente, nao recebi, nao chegou, nao gostei, nao recomendo, nao veio, nao foi entregue, nao funciona, ' +
    'nao entreg*, ainda nao, ate agora, ate o momento, ate hoje, propaganda enganosa, falsificad*, falso, mal feito, fraco, fragil, lixo, absurdo, descaso, ' +
    'pessimo atendimento, incompleto, diferente, rasgad*, vergonha, insatisfeit*, veio apenas, somente um, apenas um, mal acabad*, aguardando',
  ja:
    '悪い, 悪かった, 最悪, ひどい, 酷い, 残念, がっかり, 不満, 不良, 壊れ, 破れ, 汚れ, 遅い, 遅すぎ, 遅れ, 届かない, 届きません, 届いていません, 届いてない, ' +
    '返品, 返金, 違う商品, 違いました, 使えない, 使えません, 使いにく, 良くない, よくない, 良くありません, 良くなかった, よくなかった, 気に入らない, 満足できない, ' +
    'おすすめしません, おすすめできません, お勧めできません, 期待外れ, 期待はずれ, 不親切, 不快, 失礼, 対応が悪い, 二度と, 高すぎ, 小さすぎ, 大きすぎ, きつい, ' +
    '安っぽい, 臭い, 動かない, 動きません, 傷が, 傷だらけ, 欠けて, 足りない, 間違, 詐欺, 偽物, まずい, 不便, 無駄, 後悔',
};
/** Words before a term that turn it round; Japanese negates behind the word, and has such forms among the terms. */
const NEGATION: Readonly<Record<string, RegExp>> = {
  en: /(?:^|[ ,])(?:not|no|never|hardly|without|\w+n't|dont|doesnt|didnt|wasnt|isnt|cant|wont)(?: [^ .,;!?]+){0,2} $/,
  pt: /(?:^|[ ,])(?:nao|nunca|nem|sem|n)(?: [^ .,;!?]+){0,2} $/,
};
/** What may stand between a negation and what it negates. */
const NEGATION_REACH = 40;

const matchers = new LanguageMatchers<1 | -1>(
  [PRAISE, COMPLAINT].flatMap((lists, index) =>
    Object.entries(lists).flatMap(([language, list]) => termsOf(list).map((term) => [language, term, index === 0 ? 1 : -1] as const)),
  ),
);

/** Languages that the lexicon has words of. */
export const LEXICON_LANGUAGES: readonly string[] = Object.keys(PRAISE);

/**
 * (p - n) / (p + n + 1) of p words of praise and n of complaint in a text's normal form, between -1 and 1. Null where it finds none, or has no words of
 * the language. A null language is looked for in all of them.
 */
export function lexiconScore(form: string, language: string | null): number | null {
  let praise = 0;
  let complaint = 0;
  const negation = NEGATION[language ?? 'en'];
  for (const { value, start } of longest(matchers.match(form, language))) {
    const negated = negation?.test(form.slice(Math.max(0, start - NEGATION_REACH), start)) ?? false;
    if ((value === 1) !== negated) praise++;
    else complaint++;
  }
  return praise + complaint === 0 ? null : (praise - complaint) / (praise + complaint + 1);
}
