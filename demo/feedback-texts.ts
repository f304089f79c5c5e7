import type { Language } from './countries.ts';

export type Mood = 'GOOD' | 'FAIR' | 'BAD';

/** What customers write, by language and mood. */
export const TEXTS: Readonly<Record<Language, Readonly<Record<Mood, readonly string[]>>>> = {
  ja: {
    GOOD: [
      'とても使いやすく、贈り物にも喜ばれました。',
      '店員さんの説明が丁寧で安心して買えました。',
      '梱包がきれいで、届くのも早かったです。',
      '色も質感も写真のとおりで満足しています。',
    ],
    FAIR: [
      '品物は良いのですが、配送に少し時間がかかりました。',
      '値段のわりには普通だと思います。',
      '可もなく不可もなく、といったところです。',
    ],
    BAD: [
      '届いた商品に傷があり、問い合わせの返事も遅いです。',
      'サイズ表記と実物が違いました。返品の手続きが面倒です。',
      '問い合わせても返事がなく、とても残念です。',
    ],
  },
  de: {
    GOOD: [
      'Sehr gute Qualität, gerne wieder.',
      'Freundliche Beratung im Laden, alles bestens.',
      'Schnelle Lieferung, schön verpackt.',
      'Genau wie beschrieben, ich bin zufrieden.',
    ],
    FAIR: [
      'Ganz in Ordnung, aber die Lieferung hat gedauert.',
      'Für den Preis hätte ich etwas mehr erwartet.',
      'Solide, nicht mehr und nicht weniger.',
    ],
    BAD: [
      'Kam beschädigt an, und der Kundendienst antwortet nicht.',
      'Nach drei Wochen kaputt, sehr enttäuschend.',
      'Falsche Größe geliefert, die Rücksendung ist umständlich.',
    ],
  },
  fr: {
    GOOD: [
      'Très bonne qualité, je recommande.',
      'Accueil chaleureux en magasin.',
      'Livraison rapide et emballage soigné.',
      'Conforme à la description, je suis ravie.',
    ],
    FAIR: ['Correct, mais la livraison a été longue.', 'Un peu cher pour ce que c’est.', 'Produit convenable, sans plus.'],
    BAD: [
      'Arrivé cassé et aucune réponse du service client.',
      'La taille ne correspond pas, retour compliqué.',
      'Très déçu, l’article n’a tenu qu’une semaine.',
    ],
  },
  en: {
    GOOD: [
      'Lovely quality, would buy again.',
      'The staff in the shop were so helpful.',
      'Arrived quickly and beautifully wrapped.',
      'Exactly as described, very happy with it.',
    ],
    FAIR: ['Fine, though delivery took its time.', 'A bit pricey for what it is.', 'Does the job, nothing special.'],
    BAD: [
      'Arrived damaged and nobody answers my messages.',
      'Broke after three weeks, very disappointing.',
      'Wrong size sent and returning it is a nuisance.',
    ],
  },
  it: {
    GOOD: ['Ottima qualità, lo ricomprerei.', 'Personale del negozio gentilissimo.', 'Consegna veloce e confezione curata.'],
    FAIR: ['Discreto, ma la consegna è stata lenta.', 'Un po’ caro per quello che offre.'],
    BAD: ['Arrivato rotto e il servizio clienti non risponde.', 'Taglia sbagliata, il reso è complicato.'],
  },
  es: {
    GOOD: ['Muy buena calidad, repetiré.', 'Trato excelente en la tienda.', 'Envío rápido y bien empaquetado.'],
    FAIR: ['Está bien, pero tardó en llegar.', 'Algo caro para lo que es.'],
    BAD: ['Llegó roto y nadie contesta.', 'La talla no coincide y devolverlo es un lío.'],
  },
  pl: {
    GOOD: ['Bardzo dobra jakość, polecam.', 'Miła obsługa w sklepie.', 'Szybka dostawa i staranne opakowanie.'],
    FAIR: ['W porządku, ale dostawa trwała długo.', 'Trochę za drogie.'],
    BAD: ['Przyszło uszkodzone, a obsługa nie odpowiada.', 'Zły rozmiar i kłopotliwy zwrot.'],
  },
  sv: {
    GOOD: ['Mycket bra kvalitet, köper gärna igen.', 'Trevlig personal i butiken.', 'Snabb leverans och fint förpackat.'],
    FAIR: ['Helt okej, men leveransen dröjde.', 'Lite dyrt för vad det är.'],
    BAD: ['Kom trasig och kundtjänst svarar inte.', 'Fel storlek och krånglig retur.'],
  },
};
