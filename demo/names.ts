import type { Country } from './countries.ts';

export type Gender = 'FEMALE' | 'MALE';

/** A name as its country writes it; in Japan with its reading and its usual Latin form. */
export interface Name {
  readonly text: string;
  /** In katakana; null outside Japan. */
  readonly kana: string | null;
  readonly latin: string;
}

interface Names {
  readonly family: readonly Name[];
  readonly given: Readonly<Record<Gender, readonly Name[]>>;
}

const japanese = (list: string): readonly Name[] =>
  list.split('; ').map((entry) => {
    const [text, kana, latin] = entry.split(' ') as [string, string, string];
    return { text, kana, latin };
  });

/** Lower-case ASCII letters, as an e-mail address has them. */
function plain(text: string): string {
  const spelled = text.replace(/[äöüßåøłÄÖÜÅØŁ]/g, (letter) => SPELLINGS[letter] ?? letter);
  return spelled
    .normalize('NFD')
    .replace(/[^A-Za-z]/g, '')
    .toLowerCase();
}
const SPELLINGS: Readonly<Record<string, string>> = {
  ä: 'ae',
  ö: 'oe',
  ü: 'ue',
  ß: 'ss',
  å: 'aa',
  ø: 'oe',
  ł: 'l',
  Ä: 'ae',
  Ö: 'oe',
  Ü: 'ue',
  Å: 'aa',
  Ø: 'oe',
  Ł: 'l',
};

const european = (list: string): readonly Name[] => list.split(' ').map((text) => ({ text, kana: null, latin: plain(text) }));

/** Names so common that a pair of them is nobody in particular. */
export const NAMES: Readonly<Record<Country, Names>> = {
  JP: {
    family: japanese(
      '佐藤 サトウ sato; 鈴木 スズキ suzuki; 高橋 タカハシ takahashi; 田中 タナカ tanaka; 伊藤 イトウ ito; 渡辺 ワタナベ watanabe; 山本 ヤマモト yamamoto; 中村 ナカムラ nakamura; 小林 コバヤシ kobayashi; 加藤 カトウ kato; 吉田 ヨシダ yoshida; 山田 ヤマダ yamada; 佐々木 ササキ sasaki; 山口 ヤマグチ yamaguchi; 松本 マツモト matsumoto; 井上 イノウエ inoue; 木村 キムラ kimura; 林 ハヤシ hayashi; 斎藤 サイトウ saito; 清水 シミズ shimizu; 森 モリ mori; 池田 イケダ ikeda; 橋本 ハシモト hashimoto; 石川 イシカワ ishikawa',
    ),
    given: {
      FEMALE: japanese(
        '陽菜 ヒナ hina; 美咲 ミサキ misaki; さくら サクラ sakura; 結衣 ユイ yui; 由美子 ユミコ yumiko; 恵子 ケイコ keiko; 真由美 マユミ mayumi; 直美 ナオミ naomi; 葵 アオイ aoi; 千尋 チヒロ chihiro; 久美子 クミコ kumiko; 彩 アヤ aya; 麻衣 マイ mai; 愛 アイ ai; 明美 アケミ akemi; 優子 ユウコ yuko',
      ),
      MALE: japanese(
        '蓮 レン ren; 大翔 ヒロト hiroto; 健太 ケンタ kenta; 翔太 ショウタ shota; 拓也 タクヤ takuya; 浩 ヒロシ hiroshi; 誠 マコト makoto; 隆 タカシ takashi; 陽翔 ハルト haruto; 大輔 ダイスケ daisuke; 直樹 ナオキ naoki; 哲也 テツヤ tetsuya; 和也 カズヤ kazuya; 修 オサム osamu; 悠斗 ユウト yuto; 亮 リョウ ryo',
      ),
    },
  },
  DE: {
    family: european(
      'Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Koch Bauer Richter Klein Wolf Schröder Neumann Schwarz Braun Krüger',
    ),
    given: {
      FEMALE: european('Anna Lea Hannah Sabine Ursula Petra Julia Katharina Monika Lena Claudia Emma Heike Mia'),
      MALE: european('Lukas Leon Thomas Michael Andreas Stefan Jonas Felix Klaus Jürgen Paul Finn Markus Tobias'),
    },
  },
  FR: {
    family: european(
      'Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Simon Laurent Lefèvre Michel Garcia Roux Fournier Girard',
    ),
    given: {
      FEMALE: european('Camille Léa Manon Chloé Inès Nathalie Isabelle Sylvie Françoise Émilie Sophie Julie Hélène'),
      MALE: european('Louis Gabriel Lucas Hugo Nicolas Julien Pierre Philippe Alain Étienne Mathieu Antoine François'),
    },
  },
  GB: {
    family: european(
      "Smith Jones Taylor Brown Williams Wilson Johnson Davies Patel Wright Walker Thompson Evans Roberts Khan Lewis Clarke O'Brien",
    ),
    given: {
      FEMALE: european('Olivia Amelia Emily Susan Margaret Sarah Charlotte Priya Jessica Helen Grace Aisha Lucy'),
      MALE: european('Oliver George Harry James David Robert Daniel Mohammed Jack Peter Thomas William Arjun'),
    },
  },
  IT: {
    family: european('Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Marino Greco Bruno Gallo Conti Costa'),
    given: {
      FEMALE: european('Giulia Francesca Chiara Sara Martina Paola Anna Elena Valentina Lucia Alessia'),
      MALE: european('Marco Andrea Luca Francesco Matteo Giuseppe Antonio Alessandro Davide Stefano Nicolò'),
    },
  },
  ES: {
    family: european(
      'García Fernández González Rodríguez López Martínez Sánchez Pérez Gómez Martín Jiménez Ruiz Hernández Díaz Moreno Muñoz',
    ),
    given: {
      FEMALE: european('Lucía María Carmen Ana Laura Cristina Marta Isabel Paula Elena Sofía'),
      MALE: european('Antonio Manuel José Javier Daniel David Pablo Álvaro Sergio Carlos Íñigo'),
    },
  },
  PL: {
    family: european('Nowak Kowalski Wiśniewski Wójcik Kamiński Lewandowski Zieliński Szymański Woźniak Dąbrowski Mazur Krawczyk'),
    given: {
      FEMALE: european('Anna Katarzyna Małgorzata Agnieszka Zofia Magdalena Zuzanna Julia Ewa'),
      MALE: european('Jan Piotr Andrzej Krzysztof Tomasz Paweł Jakub Michał Łukasz'),
    },
  },
  SE: {
    family: european('Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson Gustafsson Lindström Åberg Öberg'),
    given: {
      FEMALE: european('Anna Eva Maria Karin Alice Astrid Elsa Sara Åsa'),
      MALE: european('Lars Erik Karl Anders Johan Nils Gustav Oskar Björn'),
    },
  },
};
