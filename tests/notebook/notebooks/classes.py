# saves: balances history
# %%
class Account:
    rate = 2

    def __init__(self, owner):
        self.owner, self.balance = owner, 0
        accounts.append(self)

    def pay(self, amount):
        if amount < 0:
            raise ValueError("negative")
        self.balance += amount


# %%
accounts = []
history = []

# %%
ada = Account("ada")
bob = Account("bob")

# %%
ada.pay(10)
history.append(("ada", 10))

# %%
bob.pay(3)
bob.pay(-1)
history.append(("bob", -1))

# %%
Account.rate = 3

# %%
for account in accounts:
    account.pay(account.balance * Account.rate // 100 + 1)

# %%
balances = {account.owner: account.balance for account in accounts}
balances


# %%
def pay(self, amount):
    self.balance += 2 * amount


Account.pay = pay
