/**
 * Frequent words of languages in the Latin script, in normal form (no accents): articles, pronouns, prepositions, forms of to be and to
 * have, and words that short reviews are made of. Our own lists.
 */
export const LATIN_WORDS: Readonly<Record<string, string>> = {
  en:
    'the and is was it this that to of in for with i my you your they we are be been have has had not no but so very on at as from all would ' +
    "will can could just when what which there than too it's don't i'm didn't good great love like nice bad product arrived excellent thanks " +
    'never still order item delivery recommend perfect after before because ok fast quality price received',
  pt:
    'o a os as um uma de do da dos das em no na nos nas ao aos e que nao com por pelo pela para pra eu meu minha me mais mas muito muita foi ' +
    'ser esta estou estava era ja so tem tenho ate isso este essa quando como bem bom boa otimo otima produto produtos entrega entregue ' +
    'recomendo chegou recebi gostei adorei comprei compra prazo antes veio loja qualidade rapido rapida excelente ainda nada tudo obrigado ' +
    'obrigada parabens ok pedido correto errado faltou atendimento super perfeito perfeita satisfeito satisfeita dentro conforme vou agora',
  es:
    'el la los las un una de del en y que no con por para yo mi me mas pero muy fue ser esta estoy era ya solo tiene tengo hasta eso este ' +
    'cuando como bien bueno buena producto entrega recomiendo llego recibi gusto encanta compre compra antes tienda calidad rapido excelente ' +
    'todavia nada todo gracias ok pedido perfecto perfecta es lo al se su le sin son hay mucho',
  fr:
    'le la les un une des de du en et que ne pas avec pour par je mon ma mes plus mais tres est etait suis deja il elle nous vous ce cette ' +
    "quand comme bien bon bonne produit livraison recommande recu j'ai c'est qualite rapide excellent encore rien tout merci commande parfait au aux se sur dans",
  de:
    'der die das ein eine einen und ist war nicht mit fur von zu ich mein meine sie wir es sehr aber auch auf im in den dem des bin hat habe ' +
    'noch nur schon wenn wie gut produkt lieferung schnell qualitat alles danke bestellung leider immer super ware versand bei',
  it:
    'il lo la i gli le un una di del della dei in e che non con per da io mio mia mi piu ma molto era sono gia solo ha ho fino questo questa ' +
    'quando come bene buono buona prodotto consegna consiglio arrivato ottimo ottima qualita veloce eccellente ancora tutto grazie ordine perfetto al nel si',
  nl:
    'de het een en is was niet met voor van te ik mijn je we zij zeer maar ook op in zijn heb heeft nog alleen al als hoe goed goede product ' +
    'levering snel kwaliteit alles bedankt bestelling helaas altijd mooi erg bij dit dat',
};
