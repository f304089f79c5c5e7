/** What customers write about, in the words in which they do: our own lists, to be replaced or added to by a company's. */
import type { TermLists } from './terms.ts';

/** A topic and the terms that tell of it. */
export interface TopicDefinition {
  /** A stable code, such as `DELIVERY`. */
  readonly topic: string;
  readonly terms: TermLists;
}

export const RETAIL_TOPICS: readonly TopicDefinition[] = [
  {
    topic: 'DELIVERY',
    terms: {
      en: 'deliver*, shipping, shipped, shipment, courier, postman, parcel, tracking, arrived, arrive, arrives, dispatch*, in transit',
      pt: 'entreg*, prazo, correio*, transportadora, frete, rastre*, chegou, chegar, chegando, nao recebi, encomenda, envio, postad*',
      ja: '配送, 配達, 届い, 届か, 届き, 届く, 発送, 到着, 宅配, 送料, 追跡, 荷物',
    },
  },
  {
    topic: 'PACKAGING',
    terms: {
      en: 'packag*, box, wrapping, wrapped, packed, packing, bubble wrap',
      pt: 'embalag*, embalad*, caixa, embrulh*',
      ja: '梱包, 包装, 箱が, 箱に, 箱は, ラッピング, 緩衝材',
    },
  },
  {
    topic: 'QUALITY',
    terms: {
      en:
        'quality, material, materials, fabric, well made, poorly made, broke, broken, defect*, faulty, durable, fell apart, ripped, torn, stitching, ' +
        'hole, holes, stopped working, thin, itchy, scratchy, flimsy, fake, counterfeit',
      pt: 'qualidade, material, tecido, acabamento, defeit*, quebrad*, quebrou, resistente, fragil, rasgad*, rasgou, nao funciona, original, falsificad*, fino',
      ja: '品質, 素材, 生地, 作りが, 縫製, 壊れ, 破れ, 不良, 欠陥, 丈夫, 質が, 安っぽ, 偽物, 傷が',
    },
  },
  {
    topic: 'FIT_AND_SIZE',
    terms: {
      en:
        'size, sizes, sizing, sized, fit, fits, fitted, fitting, too small, too big, too large, too tight, too short, too long, runs small, runs large, ' +
        'true to size, petite, waist, bust, sleeves',
      pt: 'tamanho*, apertad*, folgad*, largo, larga, pequeno, pequena, grande, medida*, serviu, veste, vestiu, curto, curta, numeracao',
      ja: 'サイズ, 大きすぎ, 小さすぎ, きつい, ゆるい, 緩い, ぴったり, 丈が, 袖が, フィット, 着心地, 履き心地',
    },
  },
  {
    topic: 'APPEARANCE',
    terms: {
      en: 'color, colors, colour, colours, design, pattern, print, style, looks like, as pictured, in the picture, photo*, pretty, beautiful, gorgeous',
      pt: 'cor, cores, design, estampa, modelo, lind*, bonit*, foto, fotos, imagem, aparencia',
      ja: '色が, 色は, 色も, 色味, 見た目, デザイン, 柄が, 写真と, 画像と, かわいい, 可愛い, おしゃれ',
    },
  },
  {
    topic: 'PRICE',
    terms: {
      en: 'price, prices, priced, pricey, expensive, cheap, cheaper, cost, costs, value for money, great value, overpriced, discount*, bargain, sale price, on sale',
      pt: 'preco*, caro, cara, caros, caras, barat*, custo, desconto*, promocao, promocoes, valor, custa',
      ja: '値段, 価格, 高すぎ, 値上げ, 安い, 安く, 安かった, コスパ, 割引, 値引, セール, お得',
    },
  },
  {
    topic: 'SERVICE',
    terms: {
      en: 'customer service, staff, service, support, salesperson, sales associate, employee*, helpful, rude, agent, representative, cashier, call center, no response, no reply',
      pt: 'atendimento, atendente*, vendedor*, suporte, sac, funcionari*, nao respond*, sem resposta, resposta, educad*, grosseir*, atencios*',
      ja: '接客, 店員, スタッフ, 対応, サポート, カスタマー, お問い合わせ, 問い合わせ, 問合せ, 返事, 返信, 担当者, 親切, 不親切',
    },
  },
  {
    topic: 'RETURNS_AND_REFUNDS',
    terms: {
      en: 'return, returns, returned, returning, refund*, money back, exchange, exchanged, send it back, sent it back, sending it back, went back, going back, replacement',
      pt: 'devolv*, devoluc*, troca, trocar, troquei, trocaram, reembols*, estorn*, dinheiro de volta, ressarc*',
      ja: '返品, 返金, 交換, 返送, 払い戻し',
    },
  },
  {
    topic: 'WEBSITE_AND_APP',
    terms: {
      en: 'website, web site, site, app, log in, login, password, checkout page, online store, search function, page would*, crash*, error message',
      pt: 'site, aplicativo, app, pagina, login, senha, cadastro, sistema',
      ja: 'サイト, アプリ, ホームページ, ログイン, パスワード, 画面, エラー, 検索, ページ',
    },
  },
  {
    topic: 'PAYMENT',
    terms: {
      en: 'payment*, paid, charged, charge, billed, billing, invoice, credit card, debit card, card was, paypal, double charged, gift card, voucher*, coupon*',
      pt: 'pagamento*, paguei, pagar, pago, cobranc*, cobrad*, cobraram, boleto, cartao, nota fiscal, parcel*, fatura, cupom, pix',
      ja: '支払, 決済, 請求, 引き落とし, カード, 領収書, クーポン, 代引, 二重請求',
    },
  },
  {
    topic: 'AVAILABILITY',
    terms: {
      en: 'out of stock, in stock, sold out, back order*, backorder*, unavailable, not available, restock*, discontinued, cancelled my order, canceled my order',
      pt: 'estoque, esgotad*, indisponiv*, sem estoque, em falta, disponibilidade',
      ja: '在庫, 品切れ, 売り切れ, 欠品, 入荷, 再販, 廃番',
    },
  },
  {
    topic: 'WRONG_OR_INCOMPLETE',
    terms: {
      en: 'wrong item, wrong product, wrong size, wrong color, wrong colour, missing item*, missing part*, incomplete, not what i ordered, only received, only one',
      pt: 'produto errado, veio errad*, errad*, faltou, faltando, faltam, incomplet*, apenas um, apenas uma, somente um, somente uma, so veio, so recebi, diferente do',
      ja: '違う商品, 間違, 誤配, 足りない, 入っていな, 不足, 別の商品',
    },
  },
  {
    topic: 'LOYALTY',
    terms: {
      en: 'loyalty, points, reward, rewards, membership, member, my status, tier',
      pt: 'pontos, fidelidade, programa de pontos, clube',
      ja: 'ポイント, 会員, 特典, ランク',
    },
  },
];
