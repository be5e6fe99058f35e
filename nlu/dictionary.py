"""The dictionary: which words there are and how common each is, as jieba knows it, and ours beside. Law: only learning asks it.

A model brings the table that its lines were cut by, so that reading needs no jieba and cuts as training did.
"""

from __future__ import annotations

import math
import warnings

from nlu.words import Cutter, WordList

with warnings.catch_warnings():  # jieba 0.42 still writes "\." and asks for pkg_resources
    warnings.simplefilter("ignore")
    import jieba


def cutter(words: WordList) -> Cutter:
    """A cutter by jieba's dictionary and these words."""
    jieba.setLogLevel(60)
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    for word in (*words.whole, *words.variants):
        tokenizer.add_word(word)
    whole = math.log(tokenizer.total)
    logs = {word: math.log(times) - whole if times else -math.inf for word, times in tokenizer.FREQ.items()}
    for letter in [word for word, log in logs.items() if len(word) == 1 and log == -math.inf]:
        logs[letter] = -whole
    return Cutter(logs, -whole, words.variants)
