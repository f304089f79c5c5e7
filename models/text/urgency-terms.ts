/** What makes a message urgent, in the words of customers: our own lists. */
import type { TermLists } from './terms.ts';

/** Why a text is urgent. */
export type UrgencyReasonCode =
  | 'SAFETY'
  | 'LEGAL_THREAT'
  | 'PUBLICITY_THREAT'
  | 'CANCELLATION_THREAT'
  | 'REPEATED_CONTACT'
  | 'MONEY_LOST'
  | 'FRAUD'
  | 'TIME_PRESSURE'
  | 'NEGATIVE_SENTIMENT';

export const URGENCY_TERMS: Readonly<Record<Exclude<UrgencyReasonCode, 'NEGATIVE_SENTIMENT'>, TermLists>> = {
  SAFETY: {
    en:
      'caught fire, catch fire, on fire, smoke came, started smoking, exploded, explosion, electric shock, electrocuted, burned me, burned my hand, burnt my hand, ' +
      'injured, injury, injuries, in hospital, in the hospital, to the hospital, to hospital, hospitalised, hospitalized, emergency room, poison*, choking hazard, choked on, allergic reaction, food poisoning, overheats, overheating, unsafe, ' +
      'safety hazard, fire hazard, is dangerous, was dangerous, very dangerous, dangerous product, suicid*',
    pt:
      'pegou fogo, incendio, explodiu, explosao, choque eletrico, levei choque, queimou minha, queimadura*, me machuc*, machucou, ferid*, ferimento*, ' +
      'hospital, pronto socorro, intoxica*, engasg*, reacao alergica, superaquec*, perigo, perigos*, risco de vida',
    ja: '発火, 火が出, 煙が出, 爆発, 感電, やけど, 火傷, 怪我, ケガ, けがを, 病院, 救急, 中毒, 誤飲, アレルギー反応, 異物混入, 発熱して, 過熱, 危険, 危ない',
  },
  LEGAL_THREAT: {
    en: 'lawyer, attorney, lawsuit, sue you, will sue, suing, legal action, small claims, court, trading standards, consumer protection, ombudsman, take you to court',
    pt: 'advogad*, processar, processo judicial, procon, justica, judicial*, juizado, acao judicial, reclame aqui, direito do consumidor, direitos do consumidor',
    ja: '弁護士, 訴え, 訴訟, 裁判, 法的, 消費者センター, 消費生活センター, 警察, 国民生活センター',
  },
  PUBLICITY_THREAT: {
    en: 'tell everyone, go viral, social media, post this everywhere, go to the press, journalist, local news',
    pt: 'redes sociais, vou divulgar, vou expor, imprensa, todo mundo saber',
    ja: 'SNSで, 拡散, ツイッターに, マスコミ, 口コミに書',
  },
  CANCELLATION_THREAT: {
    en:
      'cancel my account, cancel my subscription, cancel my membership, cancel my order, close my account, never buy again, never order again, never shop*, ' +
      "never again, last time i, lost a customer, switching to, taking my business, will not be back, won't be back, delete my account",
    pt: 'nunca mais, nao compro mais, nao comprarei mais, cancelar minha conta, cancelar meu pedido, cancelar a compra, quero cancelar, ultima vez que compr*, perderam um cliente',
    ja: '解約, 退会, 二度と買, 二度と購入, 二度と利用, 二度と使, もう買わない, もう買いません, もう利用しません, キャンセルしたい, キャンセルして',
  },
  REPEATED_CONTACT: {
    en:
      'second time, third time, several times, multiple times, many times, again and again, still no response, still no reply, no response, no reply, no answer, ' +
      'still waiting, keep calling, called twice, emailed twice, contacted you, nobody answers, no one answers, ignored, weeks of waiting',
    pt:
      'segunda vez, terceira vez, varias vezes, diversas vezes, inumeras vezes, sem resposta, nao respond*, ninguem respond*, nao retorn*, ' +
      'nenhum retorno, nenhuma resposta, ja entrei em contato, ja mandei, ja enviei, ja reclamei, continuo aguardando, ainda aguard*, ainda estou aguardando',
    ja: '何度も, 何回も, 三度目, 二度目, 再三, 返事がない, 返事がありません, 返信がない, 返信がありません, 連絡がない, 連絡がありません, 回答がない, 無視され, まだ返事, いまだに',
  },
  MONEY_LOST: {
    en:
      'charged twice, double charged, overcharged, charged me, want my money back, give me my money, my money back, refund me, need a refund, want a refund, ' +
      'no refund, never refunded, not refunded, not been refunded, waiting for my refund, waiting for a refund, lost my money, paid for nothing',
    pt:
      'meu dinheiro, dinheiro de volta, cobrado duas vezes, cobrada duas vezes, cobrado em duplicidade, cobranca indevida, quero reembolso, quero meu reembolso, quero o estorno, ' +
      'nao fui reembolsad*, nao estorn*, nao devolv*, estorno, ressarc*, prejuizo, perdi meu dinheiro, paguei e nao recebi, paguei por',
    ja: '二重請求, 二重に引き落と, 返金して, 返金され, 返金を求, 返金が, お金を返, 請求され, 引き落とされ, 支払ったのに, 払ったのに',
  },
  FRAUD: {
    en: 'scam, scammed, scammers, fraud, fraudulent, stolen, stole my, identity theft, hacked, unauthorized, unauthorised, phishing',
    pt: 'golpe, fraude*, golpista*, roubad*, roubaram, estelionat*, hackead*, nao autorizad*, enganad*',
    ja: '詐欺, 不正利用, 不正アクセス, 盗ま, 乗っ取, 身に覚えのない, 騙さ, だまされ',
  },
  TIME_PRESSURE: {
    en: 'urgent, urgently, asap, immediately, as soon as possible, right away, need it by, needed it by, deadline, emergency',
    pt: 'urgente, urgencia, urgentemente, imediat*, o mais rapido possivel, preciso ate, o quanto antes',
    ja: '至急, 早急, 緊急, すぐに対応, 今すぐ, 大至急, 急いで, 間に合わ',
  },
};
